/** Actions on a group as several know it: their spec has a control plane, a channel manager and a moderator. */
export const registerActions = ['group.register', 'group.unregister', 'group.reconcile'] as const;
