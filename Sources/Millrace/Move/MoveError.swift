// SPDX-License-Identifier: Apache-2.0

/// Why an installation is not moved.
public enum MoveError: Error, Hashable, CustomStringConvertible {
    /// Source and target are one.
    case samePlace
    /// Nodes are running; their names and the database.
    case nodesAreRunning([String], place: String)
    /// The target has another workspace of that name.
    case nameTaken(String)
    /// The target's key file holds another key, and there are sealed secrets.
    case otherKey(path: String)
    /// The source has sealed secrets, and its key file is missing.
    case noKey(path: String)
    /// A file of the spool is named in the data and is not there whole.
    case fileMissing(String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .samePlace: "a move needs two databases"
        case .nodesAreRunning(let names, let place):
            "nodes are running on \(place): \(names.joined(separator: ", ")); end them, or wait 30 "
                + "seconds after they died"
        case .nameTaken(let name): "there is another workspace \(name) in the target"
        case .otherKey(let path):
            "\(path) holds another key than the source has, so that sealed secrets could not be "
                + "read; move it away if nothing needs it"
        case .noKey(let path): "there are sealed secrets, and their key \(path) is missing"
        case .fileMissing(let name): "the file \(name) of the spool is missing or damaged"
        }
    }
}
