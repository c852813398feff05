"""A call as its agent sees it: whom to ask what, and what to report.

    pip install aiohttp livekit-api

The agent needs no key of Supabase. It proves by a LiveKit token for its own room that the call is its
own, and signs that token itself with the key that it has anyway: the job's token is private to
livekit-agents.
"""

import asyncio
import datetime
import os

import aiohttp
from livekit import api


class CallError(Exception):
    """What phone-pool answered: status, code and, for its operators, request_id."""

    def __init__(self, status: int, problem: dict) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code = problem.get("code")
        self.request_id = problem.get("request_id")


class IntakeCall:
    """One call. `call_id` stands in the metadata of the job: {"call_id": "…"}."""

    def __init__(self, call_id: str, room_name: str, session: aiohttp.ClientSession) -> None:
        self._path = f"{os.environ['SUPABASE_URL']}/functions/v1/intake-calls/{call_id}"
        self._room_name = room_name
        self._session = session

    async def read(self) -> dict:
        """organization_id, intake_id, metadata, caller_id, attempt and how the call stands."""
        return await self._send("GET", "")

    async def answered(self) -> None:
        """The patient has picked up."""
        await self._send("POST", "/answered", {"at": _now()})

    async def ended(self, outcome: str) -> None:
        """How it ended, such as completed or voicemail: it outweighs what LiveKit suggests."""
        await self._send("POST", "/ended", {"outcome": outcome, "at": _now()})

    async def opt_out(self, phone_number: str | None = None) -> None:
        """The patient wants no more calls. Tried until it is recorded."""
        body = {"phone_number": phone_number} if phone_number else {}
        await self._send("POST", "/opt-out", body, attempts=8)

    async def _send(self, method: str, path: str, body: dict | None = None, attempts: int = 3) -> dict:
        for attempt in range(1, attempts + 1):
            try:
                return await self._send_once(method, path, body)
            except (aiohttp.ClientError, asyncio.TimeoutError):
                if attempt == attempts:
                    raise
            except CallError as error:
                # Said again, a report changes nothing.
                if error.status < 500 or attempt == attempts:
                    raise
            await asyncio.sleep(min(0.25 * 2**attempt, 10))
        raise AssertionError("unreachable")

    async def _send_once(self, method: str, path: str, body: dict | None) -> dict:
        headers = {"Authorization": f"Bearer {self._token()}"}
        timeout = aiohttp.ClientTimeout(total=10)
        async with self._session.request(
            method, self._path + path, json=body, headers=headers, timeout=timeout
        ) as response:
            answer = await response.json()
            if response.status != 200:
                raise CallError(response.status, answer)
            return answer

    def _token(self) -> str:
        grants = api.VideoGrants(room_admin=True, room=self._room_name)
        token = api.AccessToken(os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"])
        return token.with_identity("intake-agent").with_grants(grants).with_ttl(
            datetime.timedelta(minutes=5)
        ).to_jwt()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat()
