// The module `std`, whose functions the program puts into `import.meta`.
const std = import.meta.std;

export const open = std.open;
export const loadFile = std.loadFile;
export const puts = std.puts;
export const printf = std.printf;
export const sprintf = std.sprintf;
export const getenv = std.getenv;
export const gc = std.gc;
export const out = std.out;
export const err = std.err;
export const SEEK_SET = std.SEEK_SET;
export const SEEK_CUR = std.SEEK_CUR;
export const SEEK_END = std.SEEK_END;
export default std;
