"""An agent as LiveKit's framework for Python has it, which ends as PHONE_POOL_TEST_AGENT says.

stays: until the room is closed. shuts-down: ctx.shutdown(), how an agent normally ends. raises: an
exception in its job. is-killed: SIGKILL, as when memory runs out. leaves-while-ringing. The others
do what they do a second after the patient answered.
"""

import asyncio
import os
import signal
import sys
import time

from livekit import rtc
from livekit.agents import AgentServer, JobContext, cli

ENDING = os.environ.get("PHONE_POOL_TEST_AGENT", "stays")
WANTED = "ringing" if ENDING == "leaves-while-ringing" else "active"

# A busy test machine must not make it refuse jobs.
server = AgentServer(num_idle_processes=2, load_fnc=lambda _server: 0.0, port=0)


@server.rtc_session(agent_name=os.environ["LIVEKIT_AGENT_NAME"])
async def talk(ctx: JobContext) -> None:
    reached = asyncio.Event()

    def look(participant: rtc.RemoteParticipant) -> None:
        if participant.attributes.get("sip.callStatus") == WANTED:
            reached.set()

    ctx.room.on("participant_connected", look)
    ctx.room.on("participant_attributes_changed", lambda _changed, participant: look(participant))
    await ctx.connect()
    for participant in ctx.room.remote_participants.values():
        look(participant)
    await reached.wait()
    if WANTED == "active":
        await asyncio.sleep(1)
    print(f"ENDS {ctx.room.name} {time.time() * 1000:.0f}", file=sys.stderr, flush=True)
    if ENDING == "shuts-down":
        ctx.shutdown()
    elif ENDING == "raises":
        raise RuntimeError("an agent's own fault")
    elif ENDING == "is-killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif ENDING == "leaves-while-ringing":
        await ctx.room.disconnect()


if __name__ == "__main__":
    cli.run_app(server)
