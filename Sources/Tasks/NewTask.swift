// SPDX-License-Identifier: Apache-2.0
public import Common

/// A task that is to be enqueued.
public struct NewTask: Sendable {
    /// Its type.
    public var type: TaskType
    /// What identifies it to a person.
    public var info: String
    /// Its parameters, JSON.
    public var parameters: String
    /// What it works on.
    public var subjects: TaskSubjects
    /// Tasks of one lane run one at a time.
    public var lane: String?
    /// The earliest moment of its first attempt; at once when nil.
    public var runAt: Instant?
    /// The schedule and due time that it is made for.
    public var due: (schedule: ScheduleID, at: Instant)?

    /// Makes a task to enqueue.
    ///
    /// - Throws: `EncodingError` when the parameters have no JSON form.
    public init(
        _ type: TaskType,
        info: String,
        parameters: some Encodable,
        subjects: TaskSubjects = TaskSubjects(),
        lane: String? = nil,
        runAt: Instant? = nil
    ) throws {
        self.type = type
        self.info = info
        self.parameters = try JSONText.encode(parameters)
        self.subjects = subjects
        self.lane = lane
        self.runAt = runAt
    }
}
