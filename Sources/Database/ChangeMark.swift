// SPDX-License-Identifier: Apache-2.0

/// What a database held at a moment: two equal marks mean that nothing was committed in between, by
/// this process or another.
public struct ChangeMark: Sendable, Hashable {
    let version: Int64
}

extension Database {
    /// The present mark, taken without waiting for anybody; nil where an engine could not tell
    /// without asking a server, or for a database in memory.
    ///
    /// A mark that is taken before a read says whether what was read is still all there is.
    public func changeMark() -> ChangeMark? {
        engine.contentVersion().map { ChangeMark(version: $0) }
    }
}
