"""phone-pool for a backend: calls a patient, and says how the call stands.

    pip install httpx
"""

import uuid

import httpx


class PhonePoolError(Exception):
    """What phone-pool answered where it did not do what was asked: see README's table of codes."""

    def __init__(self, status: int, problem: dict, retry_after: str | None = None) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem
        self.code = problem.get("code")
        self.retry_at = problem.get("retry_at")
        self.retry_after = retry_after
        self.request_id = problem.get("request_id")


class PhonePool:
    """With the project's secret key: for a backend, never for a browser."""

    def __init__(self, supabase_url: str, secret_key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{supabase_url}/functions/v1",
            headers={"apikey": secret_key},
            timeout=30,
        )

    async def call_patient(self, request: dict) -> dict:
        """organization_id, patient_id, phone_number; also intake_id, time_zone, metadata.

        Its own intake_id makes a repetition harmless: after a lost answer the same is asked again,
        and nobody is called twice.
        """
        named = {"intake_id": str(uuid.uuid4())} | request
        try:
            return self._read(await self._http.post("/intake-calls", json=named))
        except httpx.TransportError:
            return self._read(await self._http.post("/intake-calls", json=named))

    async def get_call(self, intake_id: str, organization_id: str) -> dict:
        """How the call stands: status, outcome, times."""
        query = {"organization_id": organization_id}
        return self._read(await self._http.get(f"/intake-calls/{intake_id}", params=query))

    @staticmethod
    def _read(answer: httpx.Response) -> dict:
        try:
            body = answer.json()
        except ValueError as error:
            # A gateway in between says something of its own.
            raise httpx.RemoteProtocolError(f"HTTP {answer.status_code}") from error
        if answer.is_error:
            raise PhonePoolError(answer.status_code, body, answer.headers.get("Retry-After"))
        return body
