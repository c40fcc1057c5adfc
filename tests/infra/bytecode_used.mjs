// Imports modules from a folder in the functions' Python, and prints where their code came from.
// node bytecode_used.mjs FOLDER MODULE...
import { createRequire } from "node:module";

const [folder, ...modules] = process.argv.slice(2);
const { loadPyodide } = createRequire(process.cwd() + "/")("pyodide");
const python = await loadPyodide();
python.FS.mkdirTree("/var/task");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/var/task");
python.globals.set("names", modules.join(" "));
console.log(python.runPython(`
import importlib, json, sys
sys.path.insert(0, "/var/task")
json.dumps({name: importlib.import_module(name).__cached__ for name in names.split()})
`));
