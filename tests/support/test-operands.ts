import { existsSync } from "node:fs";
import { UsageError } from "../../supabase/command-line/command-line.ts";
import { value } from "../../supabase/command-line/options.ts";

/** What a command that runs tests takes: folders and files. */
export const TEST_OPERANDS = { name: "[folder or file …]", least: 0, most: Infinity };

export const filterOption = value("TEXT", "only tests whose name contains TEXT");

/**
 * The arguments for `deno test`: these folders and files, or the usual ones.
 * @throws {UsageError} for a path that does not exist
 */
export function testArguments(
  operands: string[],
  usual: string[],
  filter: string | undefined,
): string[] {
  const missing = operands.filter((path) => !existsSync(path));
  if (missing.length > 0) {
    throw new UsageError(`${missing.join(", ")}: there is no such folder or file`);
  }
  return [
    ...filter === undefined ? [] : [`--filter=${filter}`],
    ...operands.length > 0 ? operands : usual,
  ];
}
