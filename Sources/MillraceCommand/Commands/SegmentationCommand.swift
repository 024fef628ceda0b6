// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import ArgumentParser
import Audience
import Common
import Database
import Millrace

struct SegmentationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segmentation",
        abstract: "Computed groupings of profiles: create, refresh, count, delete.",
        subcommands: [Create.self, List.self, Refresh.self, Delete.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a segmentation; nobody is in it until it is refreshed.",
            discussion: """
                One --segment EXPRESSION without a name makes a simple one: in or out. Several \
                --segment NAME=EXPRESSION make an exclusive one: the first that holds.
                """
        )

        @Argument(help: "Its technical name.") var name: String
        @Option(help: "The profile table.") var table = "profiles"
        @Option(help: "EXPRESSION or NAME=EXPRESSION, as JSON; repeatable, in order.")
        var segment: [String]
        @Option(help: "The segment of whoever is in no other.") var standard: String?
        @Flag(help: "Let changes leave records for exports.") var history = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let definition = try definition
            let session = try await common.session()
            let made = try await session.change("segmentation.create", of: name) { transaction in
                let table = try ProfileTableStore(session.workspace.id)
                    .table(named: table, in: transaction)
                let made = try session.segmentations.create(
                    definition,
                    over: table,
                    by: session.context,
                    in: transaction
                )
                return try SegmentationView(made, session.segmentations, transaction)
            }
            try session.output.show(made)
        }

        private var definition: SegmentationDefinition {
            get throws {
                let isSimple = segment.count == 1 && segment[0].hasPrefix("{")
                return SegmentationDefinition(
                    name: name,
                    kind: isSimple ? .simple : .exclusive,
                    hasHistory: history,
                    segments: try segment.map { try SegmentOption($0).segment },
                    defaultSegment: standard
                )
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List segmentations with how many profiles each segment holds."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let views = try await session.installation.database.read { connection in
                try session.segmentations.all(in: connection)
                    .map { try SegmentationView($0, session.segmentations, connection) }
            }
            try session.output.show(views, empty: "There is no segmentation.")
        }
    }

    struct Refresh: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Compute a segmentation now.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let task = try await session.change("segmentation.refresh", of: name) { transaction in
                let found = try session.segmentations.segmentation(named: name, in: transaction)
                return try SegmentRefreshes(session.workspace.id).start(
                    found.id,
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            guard let task else { throw CommandFailure("the task could not be enqueued") }
            try await session.finish(task)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a segmentation; records of its changes stay for exports."
        )

        @Argument(help: "Its name.") var name: String
        @Flag(help: "Do it.") var yes = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            guard yes else { throw ValidationError("this cannot be undone; say --yes") }
            let session = try await common.session()
            try await session.change("segmentation.delete", of: name) { transaction in
                let found = try session.segmentations.segmentation(named: name, in: transaction)
                try session.segmentations.delete(found.id, in: transaction)
            }
            try session.output.show(Sentence(message: "\(name) is deleted."))
        }
    }
}

/// A segment as an option describes it.
struct SegmentOption {
    let segment: NewSegment

    init(_ text: String) throws {
        guard !text.hasPrefix("{"), let split = text.firstIndex(of: "=") else {
            segment = NewSegment("", try SearchExpression(text: text))
            return
        }
        let expression = String(text[text.index(after: split)...])
        segment = NewSegment(String(text[..<split]), try SearchExpression(text: expression))
    }
}

extension Session {
    /// The segmentations of the workspace.
    var segmentations: SegmentationStore {
        SegmentationStore(workspace.id, installation.apiServices.searches)
    }
}

/// A segmentation as the command line shows it.
struct SegmentationView: Shown {
    struct Segment: Encodable {
        var name: String
        var profiles: Int
    }

    var id: Int64
    var name: String
    var kind: String
    var history: Bool
    var refreshed: String?
    var segments: [Segment]

    init(
        _ segmentation: Segmentation,
        _ store: SegmentationStore,
        _ connection: Connection
    ) throws {
        id = segmentation.id.value
        name = segmentation.name
        kind = segmentation.kind.rawValue
        history = segmentation.hasHistory
        refreshed = segmentation.refreshedAt?.description
        segments = try store.counts(of: segmentation, in: connection).map { segment, profiles in
            Segment(name: segment.name, profiles: profiles)
        }
    }

    var lines: [String] {
        let when = refreshed.map { "refreshed \($0)" } ?? "never refreshed"
        let counts = segments.map { ($0.name.isEmpty ? "in it" : $0.name, $0.profiles) }
        return ["\(name): \(kind), \(when)"] + Columns.counts(counts)
    }
}
