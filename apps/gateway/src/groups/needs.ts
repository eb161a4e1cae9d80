/** Why nothing is registered from 2.0 on. */
export const notNeeded =
  'From 2.0 on nothing is registered: routes come by themselves, from who is connected and how domains are linked, and channels belong to the channel manager.';

/** What two moderators of one name do to each other, seen with 3.4.6: a group is addressed by its channel's name. */
export const twoModerators =
  'SLIM addresses a group by the name of its channel: where two moderate one name on one network, they end each other’s sessions once they share a member. Delete one of them, and take part in the other.';
