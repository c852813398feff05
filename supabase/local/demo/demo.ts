// @ts-types="../../../functions/_shared/std.d.ts"
import { delay } from "deno-std/async/delay.js";
import { table } from "../../status/table.ts";
import { type Application, type Clinic, createApplication, type StackInfo } from "./clinics.ts";

const startedAt = performance.now();

/** Runs the demo against a stack. Throws with the reason at the first step that did not come true. */
export async function runDemo(info: StackInfo): Promise<void> {
  const application = createApplication(info);
  await buyPool(application);
  const clinics = await registerClinics(application);
  await refill(application);
  await placeCalls(application, clinics);
  await callWithoutNumber(application, clinics);
  await showPool(application);
}

async function buyPool(application: Application): Promise<void> {
  const asked = await application.order(40);
  expect(asked === 40, `40 numbers ordered, ${asked} asked for`);
  say("Ordered 40 numbers from Telnyx: search, write down, order, wait, verify");
  const health = await until(application, ({ available }) => available === 40, 30);
  say(`The pool has ${health.available} numbers`);
}

async function registerClinics(application: Application): Promise<Clinic[]> {
  const clinics: Clinic[] = [];
  for (let number = 1; number <= 36; number++) {
    const before = performance.now();
    const clinic = await application.register(`Clinic ${number}`);
    expect(clinic.phone !== null, `${clinic.name} has no number`);
    clinics.push(clinic);
    if (number <= 3 || number === 36) {
      const took = Math.round(performance.now() - before);
      say(`${clinic.name} registered and has ${clinic.phone} (${took} ms with the read back)`);
    } else if (number === 4) {
      say("… and so do the next ones");
    }
  }
  const numbers = new Set(clinics.map(({ phone }) => phone));
  expect(numbers.size === clinics.length, "two clinics have the same number");
  return clinics;
}

async function refill(application: Application): Promise<void> {
  say("4 numbers are left, fewer than 5: Postgres asks for 10 more");
  const health = await until(application, ({ available }) => available === 14, 30);
  say(`The pool has refilled itself to ${health.available} numbers`);
}

async function placeCalls(application: Application, clinics: Clinic[]): Promise<void> {
  const patients = ["+15551111111", "+15552222222"];
  for (const [index, patient] of patients.entries()) {
    const clinic = at(clinics, index);
    const { status, body } = await application.call(clinic, patient);
    expect(status === 202, `${clinic.name} called: ${status} ${JSON.stringify(body)}`);
    const placed = (await application.placedCalls()).find(({ room }) => room === body.room_name);
    expect(placed?.from === clinic.phone, `LiveKit was asked to call from ${placed?.from}`);
    say(`${clinic.name} calls ${patient}: 202 ${body.status}, the phone shows ${placed?.from}`);
  }
}

async function callWithoutNumber(application: Application, clinics: Clinic[]): Promise<void> {
  const clinic = at(clinics, 2);
  await application.release(clinic, "left during the demo");
  const { status, body } = await application.call(clinic, "+15553333333");
  expect(status === 400 && body.code === "no_phone_number", `expected 400, got ${status}`);
  say(`${clinic.name} has given up its number and calls: ${status} "${body.detail}"`);
}

async function showPool(application: Application): Promise<void> {
  const health = await application.health();
  console.log("\nselect * from admin_pool_health;\n");
  const { available, assigned, suspended, waiting, in_flight, status } = health;
  const shown = { available, assigned, suspended, waiting, in_flight, status };
  console.log(table([Object.keys(shown), Object.values(shown).map(String)]));
  expect(assigned === 35 && suspended === 1 && waiting === 0, "the pool is not as it should be");
}

type Condition = (health: Awaited<ReturnType<Application["health"]>>) => boolean;

async function until(application: Application, isTrue: Condition, seconds: number) {
  const deadline = performance.now() + seconds * 1000;
  while (true) {
    const health = await application.health();
    if (isTrue(health)) return health;
    if (performance.now() > deadline) {
      throw new Error(`after ${seconds} s the pool is still ${JSON.stringify(health)}`);
    }
    await delay(200);
  }
}

function say(what: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${seconds.padStart(6)} s  ${what}`);
}

function expect(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(otherwise);
}

function at<T>(items: T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}
