// SPDX-License-Identifier: Apache-2.0

/// Kannel's `sendsms` over HTTP (Kannel 1.4.5 User's Guide, "Using HTTP to send SMS").
public struct KannelGateway: TextGateway, Hashable {
    /// The address of `sendsms`, such as `http://127.0.0.1:13013/cgi-bin/sendsms`.
    public var url: String
    /// The name of Kannel's group `sendsms-user`.
    public var user: String
    /// The `smsc-id` to send by; nil for the one that Kannel chooses.
    public var route: String?
    /// What the parameter `account` says in Kannel's own records; nil for nothing.
    public var account: String?
    private let password: String

    /// A gateway with its login.
    public init(
        url: String,
        user: String,
        password: String,
        route: String? = nil,
        account: String? = nil
    ) {
        self.url = url
        self.user = user
        self.password = password
        self.route = route
        self.account = account
    }

    /// Delivered, not delivered, refused by the operator; not that it is under way.
    private static let reports = 1 | 2 | 16

    func request(for message: OutgoingText) -> ProviderRequest {
        let coding = TextMeasure(message.text).encoding == .gsm7 ? "0" : "2"
        var query = [
            ("username", user), ("password", password), ("from", message.sender),
            ("to", message.recipient), ("text", message.text), ("charset", "UTF-8"),
            ("coding", coding),
        ]
        if let url = message.reportURL {
            query += [("dlr-mask", "\(KannelGateway.reports)"), ("dlr-url", report(url))]
        }
        if let route { query.append(("smsc", route)) }
        if let account { query.append(("account", account)) }
        let text = query.map { "\($0)=\(URLText.escaped($1))" }.joined(separator: "&")
        return ProviderRequest(method: "GET", url: "\(url)?\(text)")
    }

    /// Kannel fills in the kind of the report and the operator's words.
    private func report(_ url: String) -> String { "\(url)?type=%d&answer=%A" }

    func result(status: Int, body: String) -> DeliveryResult {
        switch status {
        case 200, 202: .accepted(reply: HeaderText.fold(String(body.prefix(200))))
        // The login, the address of sendsms, a gateway that is full or has lost its operator.
        case 401, 403, 404, 405:
            .notHandedOver(reason: "The gateway answered \(status) \(refusal(status, body).reply)")
        case 400..<500 where status != 408 && status != 429:
            .refusedPermanently(refusal(status, body))
        case 408, 429, 500..<600: .refusedTemporarily(refusal(status, body))
        default:
            .notHandedOver(reason: "The gateway answered \(status) \(refusal(status, body).reply)")
        }
    }
}
