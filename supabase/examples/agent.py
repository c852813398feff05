"""The voice agent: joins, reads its call, waits for the patient, asks, reports, and hangs up.

    pip install "livekit-agents[openai]" aiohttp
    SUPABASE_URL=… LIVEKIT_URL=… LIVEKIT_API_KEY=… LIVEKIT_API_SECRET=… python agent.py start

Its name is what LIVEKIT_AGENT_NAME of the Edge Functions says. On Cloud Run keep one instance at the
least, with CPU always allocated, and idle processes: a phone rings only once the agent has joined, and
it has settings.agent_wait_seconds to do so. Load models before, in `prewarm_fnc`. LiveKit gives no job
to a worker whose CPU is busy: then no phone rings, and the caller gets 502 `agent_unavailable`.
"""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable

import aiohttp
from livekit import rtc
from livekit.agents import Agent, AgentSession, JobContext, WorkerOptions, cli, function_tool

from intake_call import IntakeCall

# Asks the patient and returns the outcome: completed, voicemail, wrong_person, …
Interview = Callable[[JobContext, IntakeCall, dict], Awaitable[str]]

log = logging.getLogger("intake-agent")


async def take_call(ctx: JobContext, interview: Interview) -> None:
    """From the job to the end of the call. However it goes, nobody is left in silence."""
    call_id = json.loads(ctx.job.metadata)["call_id"]
    async with aiohttp.ClientSession() as session:
        call = IntakeCall(call_id, ctx.job.room.name, session)
        try:
            # Join first: the phone rings only beside an agent.
            await ctx.connect()
            details = await call.read()
            if not await patient_answers(ctx, f"callee-{call_id}"):
                return  # busy, declined, no answer: LiveKit's webhooks tell which
            await call.answered()
            outcome = await interview(ctx, call, details)
            await call.ended(outcome)
        except Exception:
            # The phone is hung up below, and the record shows how it ended; no patient data here.
            log.exception("call %s failed", call_id)
        finally:
            # Ends the call on the phone; leaving the room alone would not.
            await ctx.delete_room()
            ctx.shutdown()


async def patient_answers(ctx: JobContext, identity: str) -> bool:
    """Whether the patient picks up; the phone's participant is there while it rings, too."""
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def look(participant: rtc.Participant) -> None:
        if participant.identity == identity and not answer.done():
            if participant.attributes.get("sip.callStatus") == "active":
                answer.set_result(True)

    def gone(participant: rtc.RemoteParticipant) -> None:
        if participant.identity == identity and not answer.done():
            answer.set_result(False)

    ctx.room.on("participant_attributes_changed", lambda changed, participant: look(participant))
    ctx.room.on("participant_connected", look)
    ctx.room.on("participant_disconnected", gone)
    ctx.room.on("disconnected", lambda reason: answer.done() or answer.set_result(False))
    for participant in ctx.room.remote_participants.values():
        look(participant)
    return await answer


class IntakeAgent(Agent):
    """What it may do beside talking is a tool, so that the record says what the patient said."""

    def __init__(self, call: IntakeCall, details: dict, outcome: "asyncio.Future[str]") -> None:
        questions = ", ".join(details["metadata"].get("questions", ["how are you?"]))
        super().__init__(instructions=f"You ask a patient for the clinic: {questions}. Be brief.")
        self._call = call
        self._outcome = outcome

    @function_tool
    async def stop_calling(self) -> str:
        """The patient wants no more calls."""
        await self._call.opt_out()
        self._end("completed")
        return "Say that it is noted, and goodbye."

    @function_tool
    async def is_a_mailbox(self) -> None:
        """A voicemail answers."""
        self._end("voicemail")

    @function_tool
    async def is_somebody_else(self) -> None:
        """It is not the patient."""
        self._end("wrong_person")

    @function_tool
    async def is_done(self) -> None:
        """Every question is answered."""
        self._end("completed")

    def _end(self, outcome: str) -> None:
        if not self._outcome.done():
            self._outcome.set_result(outcome)


async def talk(ctx: JobContext, call: IntakeCall, details: dict) -> str:
    """The interview with models of LiveKit's inference; put yours here."""
    outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    session = AgentSession(
        stt="deepgram/nova-3", llm="openai/gpt-4.1-mini", tts="cartesia/sonic-3"
    )
    session.on("close", lambda _: outcome.done() or outcome.set_result("completed"))
    await session.start(agent=IntakeAgent(call, details, outcome), room=ctx.room)
    await session.generate_reply(instructions="Say for which clinic you call, and begin.")
    return await outcome


async def entrypoint(ctx: JobContext) -> None:
    await take_call(ctx, talk)


if __name__ == "__main__":
    name = os.environ.get("LIVEKIT_AGENT_NAME", "intake-agent")
    cli.run_app(WorkerOptions(entrypoint_fnc=entrypoint, agent_name=name, num_idle_processes=2))
