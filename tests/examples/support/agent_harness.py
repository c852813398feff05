"""Runs supabase/examples/agent.py with a job and a room that it is given, and prints what it does.

Arguments: the folder of the example, the call's id, the room, and what happens: completed, voicemail,
opt-out, crash or no-answer.
"""

import asyncio
import json
import sys
import types

folder, call_id, room_name, what = sys.argv[1:]
sys.path.insert(0, folder)
sys.dont_write_bytecode = True

import agent  # noqa: E402


def say(**event: object) -> None:
    print(json.dumps(event), flush=True)


class Room:
    """As much of livekit.rtc.Room as is used."""

    def __init__(self) -> None:
        self.listeners: dict = {}
        callee = types.SimpleNamespace(identity=f"callee-{call_id}", attributes={})
        self.remote_participants = {callee.identity: callee}

    def on(self, event: str, listener) -> None:
        self.listeners.setdefault(event, []).append(listener)

    def tell(self, event: str, *parts) -> None:
        for listener in self.listeners.get(event, []):
            listener(*parts)


class Job:
    """As much of livekit.agents.JobContext as is used."""

    def __init__(self) -> None:
        self.job = types.SimpleNamespace(
            metadata=json.dumps({"call_id": call_id}),
            room=types.SimpleNamespace(name=room_name),
        )
        self.room = Room()

    async def connect(self) -> None:
        say(did="connect")
        asyncio.get_running_loop().call_soon(asyncio.ensure_future, self._ring())

    async def _ring(self) -> None:
        # The example listens once it has read its call.
        while "participant_disconnected" not in self.room.listeners:
            await asyncio.sleep(0)
        (callee,) = self.room.remote_participants.values()
        if what == "no-answer":
            self.room.tell("participant_disconnected", callee)
        else:
            callee.attributes["sip.callStatus"] = "active"
            self.room.tell("participant_attributes_changed", ["sip.callStatus"], callee)

    async def delete_room(self) -> None:
        say(did="delete_room")

    def shutdown(self) -> None:
        say(did="shutdown")


async def interview(ctx, call, details: dict) -> str:
    say(did="interview", details=details)
    outcome: asyncio.Future = asyncio.get_running_loop().create_future()
    voice = agent.IntakeAgent(call, details, outcome)
    if what == "crash":
        raise RuntimeError("the model is away")
    tool = {
        "completed": voice.is_done,
        "voicemail": voice.is_a_mailbox,
        "opt-out": voice.stop_calling,
        "somebody-else": voice.is_somebody_else,
    }[what]
    await tool()
    return await outcome


asyncio.run(agent.take_call(Job(), interview))
