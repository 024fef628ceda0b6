// SPDX-License-Identifier: Apache-2.0
public import Common

/// Which waiting tasks may start now, and why the others wait.
///
/// Pure.
public struct ClaimRule: Sendable {
    /// What the rule needs to know of a task.
    public struct Entry: Sendable, Hashable {
        /// The task's workspace.
        public var workspace: WorkspaceID
        /// The task's id.
        public var id: TaskID
        /// Its queue.
        public var queue: String
        /// Its lane, if any.
        public var lane: String?

        /// Makes an entry.
        public init(workspace: WorkspaceID, id: TaskID, queue: String, lane: String?) {
            self.workspace = workspace
            self.id = id
            self.queue = queue
            self.lane = lane
        }
    }

    /// A queue of one workspace.
    public struct QueueKey: Sendable, Hashable {
        /// The workspace.
        public var workspace: WorkspaceID
        /// The queue's name.
        public var queue: String

        /// Makes a key.
        public init(workspace: WorkspaceID, queue: String) {
            self.workspace = workspace
            self.queue = queue
        }
    }

    /// How many tasks of a queue run at once in a workspace, unless set otherwise.
    public static let standardLimit = 4

    /// The tasks that are executing.
    public var executing: [Entry]
    /// Limits that differ from the standard.
    public var limits: [QueueKey: Int]

    /// Makes the rule for a moment.
    public init(executing: [Entry], limits: [QueueKey: Int]) {
        self.executing = executing
        self.limits = limits
    }

    /// Lets a task start if nothing keeps it; it then counts as executing.
    ///
    /// - Returns: Whether it may start.
    public mutating func admit(_ entry: Entry) -> Bool {
        guard obstacle(to: entry) == nil else { return false }
        executing.append(entry)
        return true
    }

    /// Whether a queue has a place for another task.
    func hasRoom(_ queue: QueueKey) -> Bool {
        let running = executing.count {
            $0.workspace == queue.workspace && $0.queue == queue.queue
        }
        return running < limits[queue] ?? ClaimRule.standardLimit
    }

    /// What keeps a due task from starting, in words; nil when nothing does.
    public func obstacle(to entry: Entry) -> String? {
        let own = executing.filter { $0.workspace == entry.workspace }
        if let lane = entry.lane, let other = own.first(where: { $0.lane == lane }) {
            return "waits for task \(other.id), which runs before it"
        }
        let limit =
            limits[QueueKey(workspace: entry.workspace, queue: entry.queue)]
            ?? ClaimRule.standardLimit
        guard own.count(where: { $0.queue == entry.queue }) >= limit else { return nil }
        return "waits for a place: at most \(limit) tasks of the queue \(entry.queue) run at once"
    }
}
