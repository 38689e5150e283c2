/** What features ask of the chat besides the messages that surfaces own. Every call may throw a CodedError. */
export interface Chat {
  /**
   * Creates a channel.
   * @returns `name_taken` when a channel, maybe an archived one, has the name already
   */
  createChannel(input: {
    readonly name: string;
    readonly isPrivate: boolean;
    readonly urgency: number;
  }): Promise<
    { readonly outcome: 'created'; readonly channelId: string } | { readonly outcome: 'name_taken' }
  >;
  /** Looks for a channel of this name that our own bot created no earlier than `since`: what a lost try left. */
  findOwnChannel(input: { readonly name: string; readonly since: Date }): Promise<string | undefined>;
  /** Invites; people who are in already, or cannot be invited, are passed over. */
  invite(input: {
    readonly channelId: string;
    readonly userIds: readonly string[];
    readonly urgency: number;
  }): Promise<void>;
  setTopic(input: {
    readonly channelId: string;
    readonly topic: string;
    readonly urgency: number;
  }): Promise<void>;
  pin(input: { readonly channelId: string; readonly ts: string; readonly urgency: number }): Promise<void>;
  /**
   * Uploads a text document to a channel, once per `key`: a second call with the key finds the first one's file.
   * @returns Slack's file id
   */
  uploadDocument(input: {
    readonly channelId: string;
    readonly key: string;
    readonly fileName: string;
    readonly title: string;
    readonly text: string;
  }): Promise<string>;
  permalink(input: { readonly channelId: string; readonly ts: string }): Promise<string | undefined>;
}
