"""ZScribe's intake API with phone-pool: what is left of it. README.md beside it shows what is gone.

    pip install fastapi httpx uvicorn
    SUPABASE_URL=… SUPABASE_SECRET_KEY=… CALL_WEBHOOK_SECRET=… uvicorn intake_api:app
"""

import base64
import hashlib
import hmac
import os
import time
import uuid

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

app = FastAPI()
phone_pool = httpx.AsyncClient(
    base_url=f"{os.environ['SUPABASE_URL']}/functions/v1",
    headers={"apikey": os.environ["SUPABASE_SECRET_KEY"]},
    timeout=25,
)


class IntakeCallRequest(BaseModel):
    organization_id: uuid.UUID
    patient_id: uuid.UUID
    phone_number: str
    intake_id: str | None = None
    time_zone: str | None = None
    metadata: dict = Field(default_factory=dict)


@app.post("/intake-calls")
async def trigger_intake_call(request: IntakeCallRequest) -> JSONResponse:
    """Calls the patient from the organization's own number, or says why not."""
    body = request.model_dump(mode="json", exclude_none=True)
    # Its own name makes a repetition harmless: nobody is called twice.
    body.setdefault("intake_id", str(uuid.uuid4()))
    try:
        answer = await phone_pool.post("/intake-calls", json=body)
    except httpx.TransportError:
        answer = await phone_pool.post("/intake-calls", json=body)
    return pass_on(answer)


@app.get("/intake-calls/{intake_id}")
async def get_intake_call(intake_id: str, organization_id: uuid.UUID) -> JSONResponse:
    """How the call stands: status, outcome, times."""
    return pass_on(await read_call(intake_id, str(organization_id)))


@app.post("/call-events", status_code=204)
async def take_call_event(request: Request) -> None:
    """settings.call_webhook_url: a call has ended. By ids only; the rest is read."""
    body = await request.body()
    if not is_signed(request.headers, body):
        raise HTTPException(401, "The signature is wrong")
    event = await request.json()
    if event["type"] == "intake_call.ended":
        data = event["data"]
        answer = await read_call(data["intake_id"], data["organization_id"])
        answer.raise_for_status()
        await on_call_ended(answer.json())


async def on_call_ended(call: dict) -> None:
    """Yours: store call["outcome"]. The same event may come twice, and an outcome may change."""


def read_call(intake_id: str, organization_id: str):
    return phone_pool.get(
        f"/intake-calls/{intake_id}", params={"organization_id": organization_id}
    )


def pass_on(answer: httpx.Response) -> JSONResponse:
    """phone-pool's errors are {detail, code, request_id}: what FastAPI's callers know, and more."""
    headers = {name: answer.headers[name] for name in ("Retry-After",) if name in answer.headers}
    return JSONResponse(answer.json(), answer.status_code, headers)


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
