/** Strings of the parts: buttons that every room has, the where-marks, the progress of a job, and what helps after a fault. */
import { bytes, bytesOf, duration, number } from '../format.ts';

export const parts = {
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  of: (what: string, whose: string) => `${what}: ${whose}`,
  show: 'Show',
  hide: 'Hide',
  pause: 'Pause',
  goOn: 'Go on',
  stop: 'Stop',
  tryAgain: 'Try again',
  details: 'Details',
  copyDetails: 'Copy the details',
  here: 'On this computer',
  nothingLeaves: 'nothing leaves it',
  /** One line of a running job. */
  job: (job: { done: number; total?: number | undefined; unit: string }) =>
    job.unit === 'bytes'
      ? job.total === undefined
        ? bytes(job.done)
        : bytesOf(job.done, job.total)
      : job.total === undefined
        ? `${number(job.done)} ${job.unit}`
        : `${number(job.done)} of ${number(job.total)} ${job.unit}`,
  rate: (job: { rate?: number | undefined; unit: string }) =>
    job.rate === undefined ? '' : job.unit === 'bytes' ? `${bytes(job.rate)} a second` : '',
  left: (seconds: number) => `${duration(seconds)} left`,
  paused: 'paused',
  failed: (title: string) => `${title} did not work. What had arrived is kept; try again.`,
  waiting: 'The confirm window is open.',
  notOpen: 'If you cannot see it, open this file with your browser:',
  thePath: 'the path',
  takeBack: 'Take it back',
  pauseIt: (title: string) => `Pause: ${title}`,
  goOnWith: (title: string) => `Go on: ${title}`,
  stopIt: (title: string) => `Stop: ${title}`,
  progress: (title: string, percent: number) => `${title}: ${number(percent)} %`,
  /** What a person can do after a fault, where a place of ours helps. */
  steps: {
    cut: 'See what may leave this machine',
    tried: 'See what left this machine',
    choose: 'Choose a model',
    another: 'Choose another model',
    models: 'See your models',
    space: 'Remove a model you do not use',
    conversation: 'Begin a new conversation',
    open: 'See your conversations',
  },
  /** Reading: code, formulas, and an answer said aloud. */
  reading: {
    formula: 'formula',
    tooLong: 'too long to colour',
    aloud: 'Read aloud',
    stop: 'Stop reading',
    pause: 'Pause reading',
    goOn: 'Go on reading',
    noVoice:
      'This computer has no voice of its own that a window may use. Voices on the internet are left out, since your words would go there. You can add a voice in the system’s settings for speech.',
    failed:
      'The voice fell silent. Nothing is lost: read it here, or try again. Another voice can be chosen in the system’s settings for speech.',
  },
};
