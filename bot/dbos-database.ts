/**
 * A restart takes up every waiting task at once, and each needs a connection of DBOS's few. They shall wait for their turn:
 * those that give up after DBOS's own ten seconds try again all together, which takes longer and fills the log.
 */
const patienceSeconds = 600;

/** The database's address as DBOS shall use it. */
export function patientUrl(url: string): string {
  const patient = new URL(url);
  patient.searchParams.set('connect_timeout', String(patienceSeconds));
  return patient.href;
}
