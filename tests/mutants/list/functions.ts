import { inFile, type Mutant } from "../mutant.ts";

const SHARED = "functions/_shared";

/** Who is let in, what is logged, and what is sent twice. */
export const OF_FUNCTIONS: Mutant[] = [
  ...inFile(`${SHARED}/place-sip-call.ts`, [
    ["await sendOnce(new URL(", "await fetch(new URL(", "functions/_shared/place-sip-call"],
  ]),
  ...inFile(`${SHARED}/send-once.ts`, [
    ["body: new Blob([body]).stream(),", "body,", "functions/_shared/send-once"],
  ]),
  ...inFile(`${SHARED}/carrier-client.ts`, [
    [
      "fetch: options.fetch ?? sendOnce,",
      "fetch: options.fetch ?? fetch,",
      "functions/replenish-pool/each-fault-ends-with-one-number-bought-once.test.ts",
    ],
    [
      "maxRetries: 0,",
      "maxRetries: 2,",
      "functions/replenish-pool/each-fault-ends-with-one-number-bought-once.test.ts",
    ],
    [
      "number.phoneNumber === phoneNumber && !isGone(number)",
      "number.phoneNumber === phoneNumber",
      "functions/_shared/carrier/of-several-rows-of-a-number-the-active-one-counts.test.ts",
    ],
    [
      "return there.find(isActive) ?? there[0] ?? null;",
      "return there[0] ?? null;",
      "functions/_shared/carrier/of-several-rows-of-a-number-the-active-one-counts.test.ts",
    ],
  ]),
  ...inFile(`${SHARED}/credentials.ts`, [
    [
      "!await isOneOf(token, known)",
      "!await isOneOf(token, known.slice(0, 1))",
      "functions/_shared/credentials",
    ],
    [
      "if (!token || !await isOneOf(token, known))",
      "if (!token)",
      "functions/_shared/credentials",
    ],
    [
      "const known = secrets.filter((secret) => secret !== undefined);",
      'const known = secrets.map((secret) => secret ?? "undefined");',
      "functions/_shared/credentials",
    ],
    [
      "return wanted.filter((secret) => timingSafeEqual(offered as Uint8Array, secret)).length > 0;",
      "return wanted.slice(1).every((secret) => timingSafeEqual(offered as Uint8Array, secret));",
      "functions/_shared/credentials",
    ],
  ]),
  ...inFile(`${SHARED}/users.ts`, [
    [
      'requiredClaims: ["sub", "exp"],',
      'requiredClaims: ["sub"],',
      "functions/_shared/users",
    ],
    [
      'audience: "authenticated",',
      "",
      "functions/_shared/users",
    ],
    [
      'if (payload.role !== "authenticated") throw new AppError("unauthorized");',
      "",
      "functions/_shared/users",
    ],
  ]),
  ...inFile(`${SHARED}/agents.ts`, [
    [
      "return video?.agent || video?.roomAdmin ? video.room || undefined : undefined;",
      "return video?.room || undefined;",
      "functions/intake-calls/the-agent-reports-what-webhooks-cannot-tell.test.ts",
      "functions/intake-calls/the-agent-reports-what-webhooks-cannot-tell.test.ts",
    ],
  ]),
  ...inFile(`${SHARED}/log.ts`, [
    ["`…${digits.slice(-4)}`", "`…${digits.slice(-7)}`", "functions/_shared/log"],
    ["{ ...context, ...fields }", "fields", "functions/_shared/log"],
    ['return name.endsWith("_id");', 'return name.includes("_");', "functions/_shared/log"],
    ["digits.length < 10 ||", "digits.length < 11 ||", "functions/_shared/log"],
    ['return name.endsWith("_id");', "return false;", "functions/_shared/log"],
    ["\\d[\\d\\s().-]{5,}\\d{4}", "\\d{10,}", "functions/_shared/log"],
  ]),
  ...inFile(`${SHARED}/http.ts`, [
    [
      "if (size > limit) throw",
      "if (size > 100 * limit) throw",
      "functions/telnyx-webhook/only-what-telnyx-signed-is-stored-once.test.ts",
    ],
    [
      'error instanceof AppError ? error : new AppError("internal_error")',
      'error instanceof AppError ? error : new AppError("internal_error", describe(error))',
      "functions/_shared/http",
    ],
    [
      'response.headers.set("Retry-After", String(retryAfterSeconds));',
      "",
      "functions/intake-calls/each-refusal-has-its-status-and-code.test.ts",
    ],
  ]),
  ...inFile(`${SHARED}/cors.ts`, [
    [
      "if (origin === null || !origins.includes(origin))",
      "if (origin === null)",
      "functions/intake-calls/browsers-of-named-origins-may-call.test.ts",
    ],
  ]),
  ...inFile(`${SHARED}/database.ts`, [
    ['new Set(["40001", "40P01"])', 'new Set(["40001"])', "functions/_shared/database"],
    ["TAKEN_BACK.has(error.sqlstate)", "true", "functions/_shared/database"],
  ]),
  ...inFile(`${SHARED}/rejected-webhooks.ts`, [
    ["++pending === 1", "++pending >= 1", "functions/_shared/rejected-webhooks"],
  ]),
  ...inFile(`${SHARED}/nudged-handler.ts`, [
    [
      "    await requireNudgeSecret(request, dependencies.secrets);\n",
      "",
      "functions/index",
    ],
  ]),
  ...inFile(`${SHARED}/webhook-handler.ts`, [
    [
      "const LARGEST_BYTES = 256 * 1024;",
      "const LARGEST_BYTES = 100 * 256 * 1024;",
      "functions/livekit-webhook/only-livekit-is-believed.test.ts",
      "functions/telnyx-webhook/only-what-telnyx-signed-is-stored-once.test.ts",
    ],
  ]),
  ...inFile("functions/livekit-webhook/index.ts", [
    [
      "receiver.receive(body, authorization),",
      "receiver.receive(body, authorization, true),",
      "functions/index",
    ],
  ]),
  ...inFile(`${SHARED}/nudged-worker.ts`, [
    [
      "config.PHONE_POOL_SECRET, config.PHONE_POOL_SECRET_PREVIOUS",
      "config.PHONE_POOL_SECRET",
      "functions/index",
    ],
  ]),
  ...inFile("functions/livekit-webhook/handler.ts", [
    [
      'if (outcome === "agent_left") {',
      "if (false) {",
      "functions/intake-calls/nobody-hears-silence.test.ts",
    ],
  ]),
  ...inFile("functions/livekit-webhook/schema.ts", [
    [
      'if (isOfAgent) return { ...about, payload: { room, kind: "agent" } };',
      "",
      "functions/livekit-webhook/only-livekit-is-believed.test.ts",
    ],
  ]),
  ...inFile("functions/telnyx-webhook/handler.ts", [
    [
      "safeParse(await verify(rawBody, headers))",
      "safeParse(JSON.parse(rawBody))",
      "functions/telnyx-webhook/only-what-telnyx-signed-is-stored-once.test.ts",
    ],
  ]),
  ...inFile("functions/telnyx-webhook/schema.ts", [
    [
      'event_type === "number_order.complete" ? order.safeParse(payload).data ?? {} : {}',
      "order.loose().safeParse(payload).data ?? {}",
      "functions/telnyx-webhook/who-was-called-is-not-kept.test.ts",
    ],
  ]),
  ...inFile("functions/telnyx-webhook/index.ts", [
    [
      "Deno.serve(countRejections(handler, {",
      "Deno.serve(((_: unknown, __: unknown) => handler)(handler, {",
      "functions/index",
    ],
  ]),
  ...inFile("functions/health/handler.ts", [
    [
      'report.status === "healthy" || report.status === "low"',
      'report.status !== "unreachable"',
      "functions/health",
    ],
  ]),
];
