/** The two settings of the machine that a child needs to find programs and to write text; nothing else is inherited. */
export function hostEnvironment(): { PATH: string; LANG: string } {
  return { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', LANG: process.env.LANG ?? 'C.UTF-8' };
}
