// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging
public import Tasks

/// What a collection is asked to do.
struct BounceCollectionOrder: Codable, Sendable {
    var mailbox: Int64
}

/// What a collection came to: Read = bounces + complaints + repeated + unknown + others.
struct BounceLedger: Codable, Sendable, Hashable {
    /// The mails that were read.
    var read = 0
    /// The bounces that were recorded.
    var bounces = 0
    /// The complaints that were recorded.
    var complaints = 0
    /// The reports that had been recorded before.
    var repeated = 0
    /// The reports about no mail of ours; they stay in the mailbox.
    var unknown = 0
    /// The mails that are no such reports; they stay in the mailbox.
    var others = 0

    mutating func add(_ outcome: BounceRecorder.Outcome) {
        read += 1
        switch outcome {
        case .bounce: bounces += 1
        case .complaint: complaints += 1
        case .repeated: repeated += 1
        case .unknown: unknown += 1
        case .other: others += 1
        }
    }

    var words: String {
        "\(read) mails read: \(bounces) bounces, \(complaints) complaints, \(repeated) seen before, "
            + "\(unknown) of unknown origin, \(others) others."
    }
}

/// Reads a mailbox of returned mails: each is recorded once, then removed.
///
/// What is no report, or about no mail of ours, stays in the mailbox for a person. One about a mail of
/// another workspace is recorded there: all have the installation's return path.
public struct BounceCollectionJob: TaskJob {
    /// `bounce_collection`.
    public static let taskType = TaskType(
        name: "bounce_collection",
        displayName: "Bounce collection",
        queue: "mailboxes",
        retry: RetryPolicy(attempts: 5, firstPause: .minutes(1), longestPause: .minutes(30))
    )
    /// So many mails are recorded in one transaction.
    private static let group = 200

    private let ground: MailGround
    private let trustFile: String?

    /// Makes the job.
    ///
    /// - Parameters:
    ///   - ground: What mails need besides.
    ///   - trustFile: Certificates in PEM that IMAP servers are checked against; the system's unless
    ///     given.
    public init(_ ground: MailGround, trustFile: String? = nil) {
        self.ground = ground
        self.trustFile = trustFile
    }

    /// `bounce_collection`.
    public var type: TaskType { BounceCollectionJob.taskType }

    /// Reads what waits, group by group.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let order: BounceCollectionOrder = try run.task.parameters()
        guard let (reader, recorder) = try await open(order.mailbox, run) else {
            return .ended(try TaskEnding(.completed, "The mailbox was removed; nothing was read."))
        }
        var ledger = BounceLedger()
        while true {
            let names = try await reader.waiting(atMost: BounceCollectionJob.group)
            if names.isEmpty { break }
            let mails = try await read(names, reader, run)
            for outcome in try await take(mails, reader, recorder, run) { ledger.add(outcome) }
            try await reader.close()
        }
        return .ended(try TaskEnding(.completed, ledger.words, result: ledger))
    }

    /// What is kept of a mail until it is recorded; its bytes are not, which may be large.
    private struct Mail: Sendable {
        var name: String
        var digest: String
        var report: MailReport
    }

    private func read(
        _ names: [String],
        _ reader: any MailboxReader,
        _ run: TaskRun
    ) async throws -> [Mail] {
        var mails: [Mail] = []
        for name in names {
            let bytes = try await reader.read(name, upTo: IncomingMail.sizeLimit)
            let mail = try await run.database.blocking {
                let report = bytes.flatMap { IncomingMail($0) }.map { MailReport($0) }
                return Mail(
                    name: name,
                    digest: MailDigest.text(of: bytes ?? []),
                    report: report ?? .other("no mail")
                )
            }
            mails.append(mail)
        }
        return mails
    }

    /// Records mails, and only then deals with them: after a crash in between they are known.
    private func take(
        _ mails: [Mail],
        _ reader: any MailboxReader,
        _ recorder: BounceRecorder,
        _ run: TaskRun
    ) async throws -> [BounceRecorder.Outcome] {
        let outcomes = try await run.database.write { transaction in
            try run.guardLease(in: transaction)
            return try mails.map { mail in
                try recorder.record(mail.report, digest: mail.digest, in: transaction)
            }
        }
        try run.failpoints.pass("mailbox.recorded")
        for isKept in [false, true] {
            let names = zip(mails, outcomes).filter { $1.isKept == isKept }.map(\.0.name)
            try await reader.finish(names, keeping: isKept)
        }
        try run.failpoints.pass("mailbox.finished")
        return outcomes
    }

    private func open(
        _ id: Int64,
        _ run: TaskRun
    ) async throws -> (any MailboxReader, BounceRecorder)? {
        try await run.database.write { [ground, trustFile] transaction in
            let workspace = run.task.workspace
            guard let mailbox = try BounceMailboxStore(workspace).mailbox(id, in: transaction)
            else { return nil }
            let recorder = BounceRecorder(workspace: workspace, isShared: true, key: ground.key)
            try recorder.forget(in: workspace, transaction)
            let password = try ground.secret(mailbox.secretName, workspace, transaction)
            return (try mailbox.address.reader(password: password, trustFile: trustFile), recorder)
        }
    }
}
