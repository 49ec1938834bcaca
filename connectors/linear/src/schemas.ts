import { s } from '@meltano/sdk';

/** What all objects of Linear have. */
const base = {
  id: s.string(),
  updatedAt: s.dateTime(),
  ...s.nullable({ createdAt: s.dateTime(), archivedAt: s.dateTime() }),
};

/** Another object, by its id. */
const reference = s.object({ id: s.string() });

export const team = s.object({
  ...base,
  ...s.nullable({
    name: s.string(),
    key: s.string(),
    description: s.string(),
    private: s.boolean(),
    timezone: s.string(),
    cyclesEnabled: s.boolean(),
    cycleDuration: s.number(),
  }),
});

export const user = s.object({
  ...base,
  ...s.nullable({
    name: s.string(),
    displayName: s.string(),
    email: s.string(),
    active: s.boolean(),
    admin: s.boolean(),
    guest: s.boolean(),
    lastSeen: s.dateTime(),
  }),
});

export const project = s.object({
  ...base,
  ...s.nullable({
    name: s.string(),
    description: s.string(),
    slugId: s.string(),
    state: s.string(),
    progress: s.number(),
    priority: s.integer(),
    startDate: s.date(),
    targetDate: s.date(),
    startedAt: s.dateTime(),
    completedAt: s.dateTime(),
    canceledAt: s.dateTime(),
    lead: reference,
    url: s.string(),
  }),
});

export const cycle = s.object({
  ...base,
  ...s.nullable({
    number: s.integer(),
    name: s.string(),
    startsAt: s.dateTime(),
    endsAt: s.dateTime(),
    completedAt: s.dateTime(),
    progress: s.number(),
    team: reference,
  }),
});

export const issue = s.object({
  ...base,
  ...s.nullable({
    identifier: s.string(),
    number: s.integer(),
    title: s.string(),
    description: s.string(),
    priority: s.integer(),
    estimate: s.number(),
    branchName: s.string(),
    dueDate: s.date(),
    startedAt: s.dateTime(),
    completedAt: s.dateTime(),
    canceledAt: s.dateTime(),
    url: s.string(),
    state: reference,
    team: reference,
    assignee: reference,
    creator: reference,
    project: reference,
    cycle: reference,
    parent: reference,
  }),
});

export const comment = s.object({
  ...base,
  ...s.nullable({
    body: s.string(),
    editedAt: s.dateTime(),
    url: s.string(),
    issue: reference,
    user: reference,
  }),
});

export const label = s.object({
  ...base,
  ...s.nullable({ name: s.string(), color: s.string(), description: s.string(), team: reference }),
});

export const workflowState = s.object({
  ...base,
  ...s.nullable({
    name: s.string(),
    type: s.string(),
    color: s.string(),
    position: s.number(),
    description: s.string(),
    team: reference,
  }),
});
