import ownLicense from '../../LICENSE' with { type: 'text' }
import honoLicense from '../../node_modules/hono/LICENSE' with { type: 'text' }
import valibotLicense from '../../node_modules/valibot/LICENSE.md' with { type: 'text' }
import manifest from '../../package.json' with { type: 'json' }

/** What hb is made of beside its own code, under which terms, where its source is, and how to exchange it. */
export function notices(): string {
  const { dependencies, devDependencies, license, version } = manifest
  return `hb ${version} is under the ${license} licence:

${indented(ownLicense)}

The executable contains, beside hb's own code:

Bun ${devDependencies.bun}
  The JavaScript runtime, unchanged as published on npm, under the MIT licence: the terms are those above.
  Source: https://github.com/oven-sh/bun, tag bun-v${devDependencies.bun}
  It contains the engine JavaScriptCore, which is in parts under the LGPL, version 2, and other libraries; the file
  LICENSE.md of that source lists them all, and tells how to build Bun with an engine of your own. To exchange Bun, put
  your own in the place of node_modules/@oven/bun-linux-x64/bin/bun (for arm64: of the file in node_modules/.cache/hb)
  and run scripts/build.

The GNU C library and its dynamic loader
  Under the LGPL, version 2.1 or later; unchanged files of the machine that built hb (Debian: package libc6, whose
  source apt-get source glibc fetches). They stay separate files inside the executable, loaded by their own loader.
  To exchange them, build hb from its source with yours:
    scripts/build --libc FOLDER
  where FOLDER has the loader, libc.so.6, libm.so.6, libpthread.so.0 and libdl.so.2, version 2.17 or newer.

The text of the LGPL, versions 2 and 2.1, lies beside this executable in its archive and in /usr/share/doc/hb of its
packages, as LGPL-2 and LGPL-2.1.

hono ${dependencies.hono}

${indented(honoLicense)}

valibot ${dependencies.valibot}

${indented(valibotLicense)}
`
}

function indented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n')
}
