/** File names, and the names that GitHub stores them under. */
export const ASSET_NAMES: readonly [filename: string, stored: string][] = [
  ['demo-1.2.3-cp39-abi3-manylinux_2_17_x86_64.whl', 'demo-1.2.3-cp39-abi3-manylinux_2_17_x86_64.whl'],
  ['demo-1.2.3+local.1.tar.gz', 'demo-1.2.3+local.1.tar.gz'],
  ['SHA256SUMS', 'SHA256SUMS'],
  ['My App 2.0.5 Setup.exe', 'My.App.2.0.5.Setup.exe'],
  ['tool_2.0.5-1~bookworm_amd64.deb', 'tool_2.0.5-1.bookworm_amd64.deb'],
  ['app (x64).zip', 'app.x64.zip'],
  ['a: b, c & d!.txt', 'a.b.c.d.txt'],
  ['demo-1!2.0.tar.gz', 'demo-1.2.0.tar.gz'],
  ['Übersicht é.pdf', 'Ubersicht.e.pdf'],
  ['U\u0308bersicht.pdf', 'Ubersicht.pdf'],
  ['a..b', 'a.b'],
  ['name.', 'name'],
  ['.env', 'default.env'],
  ['日本.zip', 'default.zip'],
  ['日本', 'default'],
  ['@scope+name_1.tgz', '@scope+name_1.tgz'],
]
