/** Directives about compression and about Pacemaker. */
import { type Directive, words } from './directive.ts'
import { anyWord, asWritten, boolean, booleanOf, choice, looseInteger, parsed } from './values.ts'

const plain = { does: 'warns', how: 'hb sends its messages uncompressed', remedy: 'remove the line' } as const

export const compressionDirectives: readonly Directive[] = [
  words({
    name: 'compression',
    grammar: 'compression zlib|bz2',
    defaultNote: 'zlib',
    meaning: 'How heartbeat compresses long messages.',
    example: 'compression zlib',
    handling: plain,
    value: choice('zlib', 'bz2'),
  }),
  words({
    name: 'compression_threshold',
    grammar: 'compression_threshold NUMBER',
    default: '2',
    unit: 'KiB',
    meaning: 'Length from which heartbeat compresses messages.',
    example: 'compression_threshold 2',
    handling: plain,
    value: looseInteger(1, 2 ** 31 - 1),
    remark: asWritten,
  }),
  words({
    name: 'traditional_compression',
    grammar: 'traditional_compression BOOLEAN',
    default: 'false',
    meaning: 'Whether heartbeat compresses whole messages instead of single fields.',
    example: 'traditional_compression no',
    handling: { ...plain, when: (value: boolean) => value },
    value: boolean,
  }),
]

const manager = parsed<boolean>((word) => {
  const on = booleanOf(word)
  if (on !== undefined) return on
  const modes = ['respawn', 'minimal', 'manual', 'ccm-only', 'valgrind']
  return modes.includes(word) || { message: 'not one of the words for it', remedy: 'off, no or false' }
})

const ignored = (name: string, meaning: string, value: typeof boolean | typeof anyWord, remark: string): Directive =>
  words<boolean | string>({
    name,
    grammar: `${name} ${remark}`,
    meaning,
    example: 'pacemaker off',
    handling: { does: 'warns', how: 'it concerns Pacemaker only, so this has no effect', remedy: 'remove the line' },
    value,
  })

export const pacemakerDirectives: readonly Directive[] = [
  words({
    name: 'pacemaker',
    aliases: ['crm'],
    grammar: 'pacemaker off',
    default: 'false',
    meaning: 'Whether Pacemaker manages the resources instead of haresources.',
    example: 'pacemaker off',
    repeat: 'once',
    handling: {
      does: 'refuses',
      how: 'hb manages resources by haresources and starts no Pacemaker',
      remedy: 'write `pacemaker off` and put the resources into haresources',
      when: (value) => value,
    },
    value: manager,
  }),
  ignored('crm_daemon_dir', "Where Pacemaker's programs are.", anyWord, 'DIRECTORY'),
  ignored('crmd_spawns_pengine', 'How Pacemaker starts its parts.', boolean, 'BOOLEAN'),
  ignored('record_config_changes', 'What Pacemaker records.', boolean, 'BOOLEAN'),
  ignored('record_pengine_inputs', 'What Pacemaker records.', boolean, 'BOOLEAN'),
  ignored('enable_config_writes', 'Whether Pacemaker writes its configuration.', boolean, 'BOOLEAN'),
]
