/** Jobs on disk: rows to jobs and back. */
import type { Job } from '../door.ts';
import type { Store } from '../ports.ts';

/** Ended jobs that are remembered; older ones go when the store is opened. */
const REMEMBERED = 1000;

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly state: Job['state'];
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly note: string | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly fault_code: string | null;
  readonly fault_message: string | null;
}

export interface JobTable {
  save(job: Job): void;
  find(id: string): Job | undefined;
  /** Newest first. */
  list(): Job[];
  /** Jobs that a crash or a power cut ended are `stopped` with `interrupted`; returns how many there were. */
  interrupt(now: number, message: string): number;
}

export function jobTable(store: Store): JobTable {
  return {
    save(job) {
      store.run(
        'insert or replace into jobs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        job.id,
        job.kind,
        job.title,
        job.state,
        job.done,
        job.total ?? null,
        job.unit,
        job.note ?? null,
        job.startedAt,
        job.endedAt ?? null,
        job.fault?.code ?? null,
        job.fault?.message ?? null,
      );
    },
    find(id) {
      const row = store.get<Row>('select * from jobs where id = ?', id);
      return row && toJob(row);
    },
    list: () => store.all<Row>('select * from jobs order by id desc limit ?', REMEMBERED).map(toJob),
    interrupt(now, message) {
      return store.transaction(() => {
        store.run('delete from jobs where id not in (select id from jobs order by id desc limit ?)', REMEMBERED);
        return store.run(
          `update jobs set state = 'stopped', ended_at = ?, fault_code = 'interrupted', fault_message = ?
           where state in ('running', 'paused')`,
          now,
          message,
        ).changes;
      });
    },
  };
}

const toJob = (row: Row): Job => ({
  id: row.id as Job['id'],
  kind: row.kind,
  title: row.title,
  state: row.state,
  done: row.done,
  ...(row.total !== null && { total: row.total }),
  unit: row.unit,
  ...(row.note !== null && { note: row.note }),
  startedAt: row.started_at,
  ...(row.ended_at !== null && { endedAt: row.ended_at }),
  ...(row.fault_code !== null && { fault: { code: row.fault_code, message: row.fault_message ?? '' } }),
});
