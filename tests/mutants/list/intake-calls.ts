import { inFile, type Mutant } from "../mutant.ts";

const FOLDER = "functions/intake-calls";

/** From the request to the phone that rings, and to the one that is hung up. */
export const OF_INTAKE_CALLS: Mutant[] = [
  ...inFile("functions/_shared/telephony.ts", [
    ["    sipNumber: call.callerId,\n", "", `${FOLDER}/two-clinics-call-from-two-numbers.test.ts`],
    [
      "    hidePhoneNumber: true,\n",
      "",
      `${FOLDER}/livekit-learns-nothing-that-it-need-not.test.ts`,
    ],
    [
      "maxParticipants: 1,",
      "maxParticipants: 5,",
      `${FOLDER}/livekit-learns-nothing-that-it-need-not.test.ts`,
    ],
    [
      "JSON.stringify({ call_id: callId })",
      "JSON.stringify({ call_id: name })",
      `${FOLDER}/livekit-learns-nothing-that-it-need-not.test.ts`,
    ],
    [
      'return trunks.some(cannotEncrypt) ? "disable" : wanted;',
      "return wanted;",
      "functions/intake-calls/a-line-that-cannot-be-used-is-no-patients-word.test.ts",
    ],
  ]),
  ...inFile("functions/_shared/telephony-errors.ts", [
    [
      '486: ["callee_busy", "busy"],',
      '486: ["carrier_failure", "failed"],',
      `${FOLDER}/how-a-phone-is-answered-is-followed-in-the-background.test.ts`,
      `${FOLDER}/whatever-livekit-does-wrong-ends-in-one-clear-answer.test.ts`,
    ],
    [
      'return phrase.replaceAll(/\\D/g, "").length > 4 ? undefined : phrase;',
      "return phrase;",
      `${FOLDER}/whatever-livekit-does-wrong-ends-in-one-clear-answer.test.ts`,
      `${FOLDER}/how-a-phone-is-answered-is-followed-in-the-background.test.ts`,
    ],
    [
      "return this.told.sipStatus !== undefined || FINAL",
      "return FINAL",
      `${FOLDER}/how-a-phone-is-answered-is-followed-in-the-background.test.ts`,
      "functions/_shared/outbound-call",
    ],
  ]),
  ...inFile("functions/_shared/outbound-call.ts", [
    [
      'error.told.code === "canceled" && hasRungOut',
      'error.told.code === "canceled"',
      "functions/_shared/outbound-call",
      `${FOLDER}/how-a-phone-is-answered-is-followed-in-the-background.test.ts`,
    ],
  ]),
  ...inFile("functions/_shared/rooms.ts", [
    [
      "state === ParticipantInfo_State.ACTIVE",
      "true",
      `${FOLDER}/no-phone-rings-without-an-agent-in-the-room.test.ts`,
    ],
    [
      "await rooms.deleteRoom(name).catch(notFound(undefined));",
      "await rooms.deleteRoom(name);",
      "functions/_shared/rooms",
    ],
  ]),
  ...inFile("functions/_shared/agent-watch.ts", [
    [
      'if (await dependencies.hangUp(call.id, "agent_left")) {',
      "if (false) {",
      "functions/_shared/agent-watch",
    ],
    ["      await deleteRoom();\n", "", "functions/_shared/agent-watch"],
    [
      "turn < HAND_OVER.looks && dead.size === 0",
      "turn < 1 && dead.size === 0",
      "functions/_shared/agent-watch",
    ],
    [
      'if (!present.hasPhone) return "over";',
      "",
      "functions/_shared/agent-watch",
    ],
  ]),
  ...inFile(`${FOLDER}/agent-and-permit.ts`, [
    [
      "    awaitAgent(({ agents }) => agents.length > 0),\n",
      "    awaitAgent(({ agents, isAgentComing }) => agents.length > 0 || isAgentComing),\n",
      `${FOLDER}/no-phone-rings-without-an-agent-in-the-room.test.ts`,
    ],
    [
      "if (performance.now() - startedAt > PERMIT_MILLISECONDS)",
      "if (false)",
      `${FOLDER}/a-permit-that-has-grown-old-is-not-dialled-with.test.ts`,
    ],
  ]),
  ...inFile(`${FOLDER}/body.ts`, [
    [
      "if (parsed.success && !isStorable(parsed.data)) {",
      "if (false) {",
      `${FOLDER}/what-is-wrong-with-a-body-is-told-without-what-is-in-it.test.ts`,
    ],
    [
      "if (depthOf(text) > DEEPEST) {",
      "if (false) {",
      `${FOLDER}/what-is-wrong-with-a-body-is-told-without-what-is-in-it.test.ts`,
    ],
    [
      '.replaceAll(/\\d/g, "#")',
      "",
      `${FOLDER}/what-is-wrong-with-a-body-is-told-without-what-is-in-it.test.ts`,
    ],
  ]),
  ...inFile(`${FOLDER}/calls.ts`, [
    [
      "const parts = [...ids, callee,",
      "const parts = [...ids,",
      `${FOLDER}/one-intake-id-is-one-call-however-often-it-is-sent.test.ts`,
    ],
    [
      "p_claims: request.claims,",
      "p_claims: null,",
      `${FOLDER}/a-user-calls-for-the-own-organization-only.test.ts`,
    ],
    [
      ".sort(([a], [b]) => a < b ? -1 : 1)",
      "",
      `${FOLDER}/one-intake-id-is-one-call-however-often-it-is-sent.test.ts`,
    ],
  ]),
  ...inFile(`${FOLDER}/dial.ts`, [
    [
      "    await giveUp(call, failureOf(error), dependencies, describe(error));\n",
      "",
      `${FOLDER}/whatever-livekit-does-wrong-ends-in-one-clear-answer.test.ts`,
    ],
    [
      "    telephony.deleteRoom(call.room_name).catch((cause) =>",
      "    Promise.resolve().catch((cause) =>",
      `${FOLDER}/whatever-livekit-does-wrong-ends-in-one-clear-answer.test.ts`,
      `${FOLDER}/no-phone-rings-without-an-agent-in-the-room.test.ts`,
    ],
    [
      "if (!await calls.recordAnswered(call.id, told.at)) await telephony.deleteRoom(call.room_name);",
      "await calls.recordAnswered(call.id, told.at);",
      `${FOLDER}/how-a-phone-is-answered-is-followed-in-the-background.test.ts`,
    ],
  ]),
  ...inFile(`${FOLDER}/place-call.ts`, [
    [
      "const caller = await dependencies.authenticate(request);\n  const body = await readBody(request, intakeCallRequest);",
      "const body = await readBody(request, intakeCallRequest);\n  const caller = await dependencies.authenticate(request);",
      "functions/index",
    ],
    [
      "if (opened.request_id !== context.requestId) {",
      "if (false) {",
      `${FOLDER}/one-intake-id-is-one-call-however-often-it-is-sent.test.ts`,
    ],
    ["  throwIfEnded(opened);\n", "", `${FOLDER}/a-clinic-without-a-number-gets-a-400.test.ts`],
  ]),
  ...inFile(`${FOLDER}/reports.ts`, [
    [
      'if (reporter.kind === "user") throw new AppError("not_allowed");',
      "",
      `${FOLDER}/the-agent-reports-what-webhooks-cannot-tell.test.ts`,
    ],
    [
      'roomName: reporter.kind === "agent" ? reporter.roomName : undefined,',
      "roomName: undefined,",
      `${FOLDER}/the-agent-reports-what-webhooks-cannot-tell.test.ts`,
    ],
  ]),
  ...inFile(`${FOLDER}/sweep.ts`, [
    [
      "  await requireNudgeSecret(request, dependencies.secrets);\n",
      "",
      `${FOLDER}/lost-calls-are-found-and-closed.test.ts`,
    ],
    [
      'if (action === "delete_room") return await telephony.deleteRoom(room_name);',
      'if (action === "delete_room") return;',
      `${FOLDER}/lost-calls-are-found-and-closed.test.ts`,
      `${FOLDER}/whatever-livekit-does-wrong-ends-in-one-clear-answer.test.ts`,
    ],
  ]),
];
