// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ
internal import Foundation

/// Makes errors of the room from PostgreSQL's results (postgresql.org, "Error Codes").
enum PostgresFailure {
    /// The error of a result that is none of the wanted kinds.
    static func error(
        _ result: OpaquePointer?,
        on connection: OpaquePointer,
        statement: String
    )
        -> DatabaseError
    {
        guard PQstatus(connection) == CONNECTION_OK else { return lost(connection) }
        let state = field(result, "C") ?? ""
        switch state {
        case "23505": return .uniqueViolation(key: key(result))
        case "40001", "40P01", "55P03": return .conflict(state)
        case "57014": return .timeout(statement: statement)
        case PostgresDialect.frozenState: return .frozen
        case "53100": return .diskFull
        case "53300", "57P01", "57P02", "57P03", "57P05", "25P03":
            return .connectionLost(words(result, state))
        case let state where state.hasPrefix("23"):
            return .constraint("SQLSTATE \(state), \(field(result, "n") ?? "no name")")
        default:
            return .engine(code: state, message: words(result, state), statement: statement)
        }
    }

    /// What the connection says, without the server's address being repeated.
    static func lost(_ connection: OpaquePointer) -> DatabaseError {
        let text = String(cString: PQerrorMessage(connection))
        return .connectionLost(text.split(separator: "\n").first.map(String.init) ?? "closed")
    }

    /// The server's words where they speak of the schema or of itself; elsewhere they may hold a
    /// value, so the code stands alone.
    private static func words(_ result: OpaquePointer?, _ state: String) -> String {
        let safe = ["08", "0A", "25", "26", "3D", "42", "53", "54", "55", "57", "58", "XX"]
        guard safe.contains(where: state.hasPrefix), let text = field(result, "M") else {
            return "SQLSTATE \(state)"
        }
        return "\(text) (SQLSTATE \(state))"
    }

    /// The broken key as `table.column, table.column`: from the detail `Key (a, b)=(…) already
    /// exists.`, whose second half holds values.
    private static func key(_ result: OpaquePointer?) -> String {
        let table = field(result, "t") ?? "?"
        guard let detail = field(result, "D"), let start = detail.firstIndex(of: "("),
            let end = detail.range(of: ")=(")?.lowerBound
        else { return "\(table).\(field(result, "n") ?? "?")" }
        return detail[detail.index(after: start)..<end].split(separator: ",")
            .map { "\(table).\($0.drop(while: { $0 == " " }))" }.joined(separator: ", ")
    }

    /// A field of an error, by libpq's letter (PG_DIAG_…).
    private static func field(_ result: OpaquePointer?, _ letter: Unicode.Scalar) -> String? {
        guard let text = PQresultErrorField(result, Int32(letter.value)) else { return nil }
        return String(cString: text)
    }
}
