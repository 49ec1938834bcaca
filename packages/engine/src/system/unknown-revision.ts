import { systemError } from './errors.ts';

/** Tables of Meltano whose age is not known: a newer Meltano's, or broken ones. They are left alone. */
export function unknownRevision(revision: string | undefined) {
  return systemError('unknown_revision', {
    message:
      revision === undefined
        ? 'The system database has tables of Meltano but no revision: it was created before database migrations were introduced (v0.34.0), or is broken'
        : `The system database has revision '${revision}', which this version does not know`,
    hint:
      revision === undefined
        ? 'Move its tables away (for SQLite: the file) to begin with an empty system database, or use another database_uri'
        : 'It was written by a newer Meltano: upgrade this one, or use another database_uri',
  });
}
