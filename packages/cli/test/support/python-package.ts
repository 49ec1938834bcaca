/**
 * The files of a Python package that can be installed without any network: it brings its own build backend,
 * which packs the folder `content` and makes commands of its `commands`.
 */
export function pythonPackage(
  folder: string,
  content: Readonly<Record<string, string>>,
  commands: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const name = folder.split('/').at(-1) ?? folder;
  const scripts = Object.entries(commands).map(([command, target]) => `${command} = ${target}`);
  return {
    [`${folder}/pyproject.toml`]: `[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "${name}"
version = "1.0"
`,
    [`${folder}/backend.py`]: backend,
    [`${folder}/entry_points.txt`]: ['[console_scripts]', ...scripts, ''].join('\n'),
    ...Object.fromEntries(Object.entries(content).map(([path, text]) => [`${folder}/content/${path}`, text])),
  };
}

/** A wheel is an archive with three files about itself (PEP 427). */
const backend = `import os, tomllib, zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = f"{name}-{version}.dist-info"
    wheel = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w") as archive:
        for folder, _, names in os.walk("content"):
            for each in names:
                path = os.path.join(folder, each)
                archive.write(path, os.path.relpath(path, "content"))
        archive.write("entry_points.txt", f"{info}/entry_points.txt")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {project['name']}\\nVersion: {version}\\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel
`;
