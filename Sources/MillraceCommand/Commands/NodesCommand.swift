// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Common
import Database
import Millrace
import Tasks

struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "List the nodes that serve the installation, and those that were lost."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let installation = try common.open()
        let now = installation.database.time.now()
        let nodes = try await NodeStore(installation.database).all().map { NodeView($0, now: now) }
        let output = Output(isJSON: common.json)
        guard !common.json, !nodes.isEmpty else {
            return try output.show(nodes, empty: "No node is running; `millrace serve` starts one.")
        }
        for line in Columns.aligned([NodeView.head] + nodes.map(\.cells)) { print(line) }
    }
}

/// A node as the command line shows it.
struct NodeView: Shown {
    var name: String
    var state: String
    var roles: [String]
    var version: String
    var runningTasks: Int
    var startedAt: String
    var seenAt: String

    init(_ node: NodeStore.Node, now: Instant) {
        name = node.name
        state = node.isLost(now: now) ? "lost" : "alive"
        roles = node.roles
        version = node.version
        runningTasks = node.running
        startedAt = node.startedAt.description
        seenAt = node.seenAt.description
    }

    static let head = ["node", "state", "roles", "version", "tasks", "started", "seen"]

    var cells: [String] {
        [
            name, state, roles.joined(separator: ","), version, String(runningTasks), startedAt,
            seenAt,
        ]
    }

    var lines: [String] { [cells.joined(separator: "  ")] }
}
