/* Works out the JSON form of a formula as the server's evaluator would, for show only.
   Money is fen; blank numbers count as 0. Anything unknown throws: callers then leave the page as it is. */
const filled = (value) => !(value === null || value === undefined || value === "" || value === 0 || value === false || (Array.isArray(value) && !value.length));
const total = (values) => values.reduce((sum, value) => sum + Number(value || 0), 0);

/* Of an ID number or a date: what the server reads from it. */
function birth(text) {
  const number = /^\d{17}[\dX]$/.test(text) ? `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}` : text;
  if (!/^\d{4}-\d\d-\d\d$/.test(number)) throw new Error("no date");
  return number;
}

function age(text) {
  const [year, month, day] = birth(text).split("-").map(Number);
  const now = new Date();
  return now.getFullYear() - year - (now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day) ? 1 : 0);
}

function is_male(number) {
  if (!/^\d{17}[\dX]$/.test(number)) throw new Error("no number");
  return Number(number[16]) % 2 === 1;
}

const functions = {
  filled,
  birth,
  age,
  is_male,
  yuan: (amount) => amount * 100,
  min: (...values) => Math.min(...values),
  max: (...values) => Math.max(...values),
  floor: Math.floor,
  has: (codes, code) => (codes || []).includes(code),
};

const operators = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  in: (a, list) => list.includes(a),
  "not in": (a, list) => !list.includes(a),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => {
    if (!b) throw new Error("division by zero");
    return a / b;
  },
};

const rowFunctions = { total, count: (values) => values.filter(Boolean).length, any: (values) => values.some(Boolean), all: (values) => values.every(Boolean) };

/* read(name) gives the value of a field; rows of a table are arrays of such readers. */
export function evaluate(node, read) {
  if (!Array.isArray(node)) return node;
  const [op, ...args] = node;
  const run = (arg) => evaluate(arg, read);
  if (op === "name") return read(args[0]);
  if (op === "const") return args[0];
  if (op === "and") return args.every(run);
  if (op === "or") return args.some(run);
  if (op === "not") return !run(args[0]);
  if (op === "neg") return -run(args[0]);
  if (op === "if") return run(args[0]) ? run(args[1]) : run(args[2]);
  if (op === "in" || op === "not in") return operators[op](run(args[0]), args[1][0] === "const" ? args[1][1] : args[1]);
  if (op === "call" && rowFunctions[args[0]]) {
    const rows = run(args[1]);
    const each = (row) => (args.length > 2 ? evaluate(args[2], (name) => row(name) ?? read(name)) : true);
    return rowFunctions[args[0]](rows.map(each));
  }
  if (op === "call" && functions[args[0]]) return functions[args[0]](...args.slice(1).map(run));
  if (operators[op]) return operators[op](run(args[0]), run(args[1]));
  throw new Error(`unknown: ${op}`);
}

/* Text as typed to fen; null when it is no amount. */
export function fen(text) {
  const clean = String(text).replace(/[,,\s¥¥元]/g, "");
  if (!clean) return 0;
  const match = /^(-?)(\d+)(?:\.(\d{0,2}))?$/.exec(clean);
  return match ? Number(match[1] + "1") * (Number(match[2]) * 100 + Number((match[3] || "").padEnd(2, "0"))) : null;
}

export function yuan(amount) {
  const whole = Math.round(amount);
  const [int, part] = (Math.abs(whole) / 100).toFixed(2).split(".");
  return `${whole < 0 ? "-" : ""}${int.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
}
