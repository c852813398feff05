"""ZScribe's intake API with phone-pool: what is left of it. README.md beside it shows what is gone.

    pip install fastapi httpx uvicorn     # phone_pool.py stands beside it
    SUPABASE_URL=… SUPABASE_SECRET_KEY=… CALL_WEBHOOK_SECRET=… uvicorn intake_api:app
"""

import base64
import hashlib
import hmac
import os
import time
import uuid

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from phone_pool import PhonePool, PhonePoolError

app = FastAPI()
phone_pool = PhonePool(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SECRET_KEY"])


class IntakeCallRequest(BaseModel):
    organization_id: uuid.UUID
    patient_id: uuid.UUID
    phone_number: str
    intake_id: str | None = None
    time_zone: str | None = None
    metadata: dict = Field(default_factory=dict)


@app.exception_handler(PhonePoolError)
async def pass_on(_: Request, error: PhonePoolError) -> JSONResponse:
    """phone-pool's errors are {detail, code, request_id}: what FastAPI's callers know, and more."""
    headers = {"Retry-After": error.retry_after} if error.retry_after else None
    return JSONResponse(error.problem, error.status, headers)


@app.post("/intake-calls", status_code=202)
async def trigger_intake_call(request: IntakeCallRequest) -> dict:
    """Calls the patient from the organization's own number, or says why not."""
    return await phone_pool.call_patient(request.model_dump(mode="json", exclude_none=True))


@app.get("/intake-calls/{intake_id}")
async def get_intake_call(intake_id: str, organization_id: uuid.UUID) -> dict:
    """How the call stands: status, outcome, times."""
    return await phone_pool.get_call(intake_id, str(organization_id))


@app.post("/call-events", status_code=204)
async def take_call_event(request: Request) -> None:
    """settings.call_webhook_url: a call has ended. By ids only; the rest is read."""
    body = await request.body()
    if not is_signed(request.headers, body):
        raise HTTPException(401, "The signature is wrong")
    event = await request.json()
    if event["type"] == "intake_call.ended":
        data = event["data"]
        await on_call_ended(await phone_pool.get_call(data["intake_id"], data["organization_id"]))


async def on_call_ended(call: dict) -> None:
    """Yours: store call["outcome"]. The same event may come twice, and an outcome may change."""


def is_signed(headers, body: bytes) -> bool:
    """Standard Webhooks (https://www.standardwebhooks.com), by hand; libraries exist for most."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
        return False
    key = base64.b64decode(os.environ["CALL_WEBHOOK_SECRET"].removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    offered = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, signature) for signature in offered)
