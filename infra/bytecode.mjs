// Compiles every .py below a folder for the functions' Python, into __pycache__ beside it: node bytecode.mjs FOLDER
//
// Bytecode belongs to one minor version of Python, and the one that runs synth is hardly ever the functions'. Pyodide is
// that version, CPython in WebAssembly; bytecode is the same on every platform. It is never compared with the time of its
// source (PEP 552), as a zip file and its unpacking do not keep that.
import { loadPyodide } from "pyodide";

const [folder] = process.argv.slice(2);
// The same bytes each time, so that the package is.
const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
// What a traceback will say: where Lambda unpacks the package.
python.FS.mkdirTree("/var/task");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/var/task");
const done = python.runPython(`
import compileall, py_compile
compileall.compile_dir(
    "/var/task", maxlevels=50, quiet=1, force=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
)
`);
process.exit(done ? 0 : 1);
