/**
 * A Python that has these modules: the one that PHONE_POOL_PYTHON names, or python3. Undefined where
 * there is none, and then it is said what is missing: tests with it are skipped where all can see.
 */
export async function pythonWith(...modules: string[]): Promise<string | undefined> {
  const python = Deno.env.get("PHONE_POOL_PYTHON") ?? "python3";
  const script = modules.map((name) => `import ${name}`).join("\n");
  try {
    const { success } = await new Deno.Command(python, {
      args: ["-c", script],
      stdout: "null",
      stderr: "null",
    }).output();
    if (success) return python;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  console.log(
    `Skipped: ${python} has no ${
      modules.join(", ")
    } (pip install; PHONE_POOL_PYTHON names another)`,
  );
  return undefined;
}
