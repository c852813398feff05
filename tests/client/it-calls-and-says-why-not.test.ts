import { createClient } from "@supabase/supabase-js";
import { ADVICE, type CallRequest, type CallState, createPhonePool } from "phone-pool";
import type { z } from "zod";
import { withCors } from "../../functions/_shared/cors.ts";
import { ERRORS } from "../../functions/_shared/errors.ts";
import { createDocument } from "../../functions/intake-calls/openapi.ts";
import type { intakeCallRequest } from "../../functions/intake-calls/schema.ts";
import type { IntakeCallState } from "../../functions/intake-calls/state.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { callBody, clinicWith, SECRET_KEY, userHeaders, withCalls } from "../support/calls.ts";
import { registerOne } from "../support/pool.ts";
import { serve } from "../examples/support/serve.ts";

// Compiled, never run: what the function takes and answers is what the client says.
const _sends = (request: CallRequest) => request satisfies Loose<z.input<typeof intakeCallRequest>>;
const _reads = (state: Omit<IntakeCallState, "phone_number">) => state satisfies CallState;
type Loose<Request> = Omit<Request, "time_zone"> & { time_zone?: string };

Deno.test("the backend calls, and a lost answer calls nobody twice", () =>
  withCalls(async ({ db, handler, post, simulator }) => {
    const clinic = await clinicWith(db, "+19712656795");
    let requests = 0;
    await using platform = serve(async (request) => {
      const answer = await handler(request);
      return ++requests === 1 ? new Response("Bad Gateway", { status: 502 }) : answer;
    });
    const pool = createPhonePool(createClient(platform.url, SECRET_KEY));
    const { data } = await pool.callPatient(callBody(clinic));
    assertEquals([data?.caller_id, data?.status, requests], ["+19712656795", "dialing", 2]);
    assertEquals(simulator.state().calls.length, 1);

    const named = callBody(clinic, { intake_id: "a:b.c", phone_number: "+12125550124" });
    assertEquals((await pool.callPatient(named)).data?.status, "queued");
    assertEquals((await pool.getCall("a:b.c", clinic)).data?.outcome, null);
    await post({ outcome: "busy", organization_id: clinic }, undefined, "/a:b.c/ended");
    assertEquals((await pool.getCall("a:b.c", clinic)).data?.outcome, "busy");

    const { error } = await pool.callPatient(callBody(await registerOne(db)));
    assertEquals([error?.code, error?.status, error?.detail, error?.advice], [
      "no_phone_number",
      400,
      "Organization does not have a phone number assigned",
      ADVICE.no_phone_number,
    ]);
    assert(error?.request_id);
  }, { answerMs: 60_000 }));

Deno.test("a page calls with its user's token, for the user's own organization", () =>
  withCalls(async ({ db, handler }) => {
    const clinic = await clinicWith(db, "+19712656795");
    await using platform = serve(withCors(handler, ["https://app.example.com"]));
    const { Authorization = "" } = await userHeaders(clinic);
    const client = createClient(platform.url, "sb_publishable_x", {
      accessToken: () => Promise.resolve(Authorization.replace("Bearer ", "")),
    });
    const pool = createPhonePool(client);
    assertEquals((await pool.callPatient(callBody(clinic))).data?.caller_id, "+19712656795");
    const foreign = await pool.callPatient(callBody(await registerOne(db)));
    assertEquals(foreign.error?.code, "not_allowed");
  }));

Deno.test("where nothing answers, it is said and what to do", async () => {
  const gone = serve(() => Promise.resolve(new Response()));
  await gone[Symbol.asyncDispose]();
  const pool = createPhonePool(createClient(gone.url, SECRET_KEY));
  const { error } = await pool.getCall("x", crypto.randomUUID());
  assertEquals([error?.code, error?.status, error?.advice], ["no_answer", 0, ADVICE.no_answer]);
});

Deno.test("every code that intake-calls answers with is known, and no other", () => {
  const { paths } = createDocument();
  const descriptions = JSON.stringify(paths).match(/"description":"[a-z_, ]+"/g) ?? [];
  const answered = new Set(descriptions.flatMap((text) => text.match(/\w+/g) ?? []));
  const codes = Object.keys(ERRORS).filter((code) => answered.has(code));
  const own = ["database_refused", "no_answer", "aborted", "unknown_error"];
  assert(codes.length > 25);
  assertEquals(Object.keys(ADVICE).sort(), [...codes, ...own].sort());
});
