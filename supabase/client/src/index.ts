export {
  type AssignedNumber,
  type CallRequest,
  type CallState,
  createPhonePool,
  type NewOrganization,
  type OfferedAreaCode,
  type Organization,
  type PhonePool,
  type PlacedCall,
} from "./client.ts";
export type { Database } from "./database.ts";
export { ADVICE, type Problem, type ProblemCode, type Result } from "./problems.ts";
export type { WaitOptions } from "./wait-for-number.ts";
