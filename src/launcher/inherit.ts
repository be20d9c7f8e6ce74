/**
 * The start-up stub passes on every variable that would have steered the loader, the C library or Bun with its first
 * letter in lower case, so that nothing reads it before hb does. The patterns are the stub's own, seen after that.
 */
const HIDDEN =
  /^(?:lD_|gLIBC_TUNABLES$|bUN_|jSC_|mIMALLOC_|nODE_|gCONV_PATH$|lOCPATH$|mALLOC_|hOSTALIASES$|lOCALDOMAIN$|nLSPATH$|rES_OPTIONS$|rESOLV_HOST_CONF$)/

/** What the start has set for the allocator and the engine (preload.c), and no child is to see. */
const OURS: Readonly<Record<string, string>> = {
  MIMALLOC_PURGE_DELAY: '2000',
  MIMALLOC_PURGE_HOLES_MIN_INTERVAL: '2000',
  BUN_JSC_useBaselineJIT: '0',
  BUN_JSC_smallHeapGrowthFactor: '1.3',
  BUN_JSC_warmUpMarkedBlockCount: '0',
}

/**
 * Gives the environment back the variables that the stub hid, so that child processes which are started with it see what
 * hb was started with. To be called once, first thing in main; hb itself is past the point where they have an effect.
 * Without the stub there is nothing to do. Variables set under their own name meanwhile are left alone.
 * @param env the environment to put right, in place
 */
export function cleanInheritance(env: Record<string, string | undefined> = process.env): void {
  for (const [name, value] of Object.entries(OURS)) if (env[name] === value) delete env[name]
  for (const name of Object.keys(env)) {
    if (!HIDDEN.test(name)) continue
    const original = name[0]?.toUpperCase() + name.slice(1)
    env[original] ??= env[name]
    delete env[name]
  }
}
