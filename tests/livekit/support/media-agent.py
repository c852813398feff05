"""Joins rooms with media, as agents do: by LiveKit's own SDK for Python.

Reads a JSON object a line: {"join": room, "url": …, "token": …}, {"leave": room}. Writes one a line:
{"room": …, "joined": true}, {"room": …, "left": reason}, {"room": …, "failed": …} and, for each
change of a phone's sip.callStatus, {"room": …, "status": …}.
"""

import asyncio
import json
import sys

from livekit import rtc

rooms: dict[str, rtc.Room] = {}


def tell(**event: object) -> None:
    print(json.dumps(event), flush=True)


async def join(name: str, url: str, token: str) -> None:
    room = rtc.Room()
    rooms[name] = room
    last: dict[str, str] = {}

    def look(participant: rtc.RemoteParticipant) -> None:
        status = participant.attributes.get("sip.callStatus")
        if status is not None and last.get(participant.identity) != status:
            last[participant.identity] = status
            tell(room=name, status=status)

    room.on("participant_connected", look)
    room.on("participant_attributes_changed", lambda _changed, participant: look(participant))
    room.on("disconnected", lambda reason: tell(room=name, left=int(reason or 0)))
    try:
        await room.connect(url, token)
    except Exception as error:  # such as a room that was deleted in the meantime
        tell(room=name, failed=str(error))
        return
    tell(room=name, joined=True)
    for participant in room.remote_participants.values():
        look(participant)


async def leave(name: str, room: rtc.Room) -> None:
    await room.disconnect()
    tell(room=name, left=1)


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tell(ready=True)
    tasks: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        command = json.loads(line)
        if "join" in command:
            work = join(command["join"], command["url"], command["token"])
        else:
            room = rooms.pop(command["leave"], None)
            if room is None:
                continue
            work = leave(command["leave"], room)
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    for room in rooms.values():
        await room.disconnect()


asyncio.run(main())
