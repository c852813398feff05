"""supabase/examples/agent.py as a worker of livekit-agents, with an interview that needs no model.

What it does stands in the call's metadata: {"script": "completed" | "voicemail" | "opt-out" | "crash"}.
"""

import asyncio
import os
import sys

sys.path.insert(0, os.environ["EXAMPLES"])
sys.dont_write_bytecode = True

import agent  # noqa: E402
from livekit.agents import JobContext, WorkerOptions, cli  # noqa: E402


async def interview(ctx: JobContext, call, details: dict) -> str:
    script = details["metadata"]["script"]
    await asyncio.sleep(1)
    if script == "crash":
        raise RuntimeError("the model is away")
    outcome: asyncio.Future = asyncio.get_running_loop().create_future()
    voice = agent.IntakeAgent(call, details, outcome)
    tools = {
        "completed": voice.is_done,
        "voicemail": voice.is_a_mailbox,
        "opt-out": voice.stop_calling,
    }
    await tools[script]()
    return await outcome


async def entrypoint(ctx: JobContext) -> None:
    await agent.take_call(ctx, interview)


if __name__ == "__main__":
    cli.run_app(
        WorkerOptions(
            entrypoint_fnc=entrypoint,
            agent_name=os.environ["LIVEKIT_AGENT_NAME"],
            num_idle_processes=1,
            # Beside other work on the machine: the server gives no job to a worker that is full.
            load_fnc=lambda: 0.0,
            port=0,
        )
    )
