// SPDX-License-Identifier: Apache-2.0

/// What a change of one profile did.
public struct ProfileChange: Sendable, Hashable {
    /// A value that was not taken exactly as it was given.
    public struct Warning: Sendable, Hashable {
        /// The attribute's technical name.
        public var attribute: String
        /// What happened to the value.
        public var warning: ValueWarning
    }

    /// The profile as it is now.
    public var profile: Profile
    /// Whether it was made, updated or left as it was.
    public var outcome: RowOutcome
    /// What was not taken exactly as it was given.
    public var warnings: [Warning]
}
