import { inRoot } from "../../../supabase/local/stack/paths.ts";

export const MATRIX_FILE = inRoot("tests", "security", "matrix.txt");
export const DEFINERS_FILE = inRoot("tests", "security", "security-definers.txt");
