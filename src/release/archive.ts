import { run } from './run.ts'

export interface Made {
  /** Seconds since 1970 that every file bears. */
  readonly epoch: number
  /** xz's level, 0 to 9: time against size. null leaves what is in a package as it is. */
  readonly level: number | null
}

/**
 * Packs the folder name inside parent as a .tar.xz whose bytes depend on names, contents and modes alone. The number of
 * threads is fixed, since xz cuts its blocks by it.
 */
export function tarXz(parent: string, name: string, to: string, { epoch, level }: Made): void {
  const owners = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--format=ustar']
  const packed = `${to}.tar`
  run(['tar', ...owners, `--mtime=@${epoch}`, '--mode=u+w,go-w', '-cf', packed, '-C', parent, name])
  run(['xz', `-${level ?? 0}`, '--threads=2', '--force', '--suffix=.xz', packed], {}, 'xz-utils')
  run(['mv', `${packed}.xz`, to])
}
