import Barchan

/// What the person who runs the host may do about people from the command line: recovery, too, when nobody can log in.
extension Host {
    /// Everybody, by handle.
    public func operatorPeople() async throws(HostError) -> [Account] { try await accountBook.accounts() }

    /// - Parameter name: A handle or an e-mail address; nil for the first administrator.
    public func operatorLoginToken(for name: String?) async throws(HostError) -> Secret {
        guard let name else { return try await operatorLoginToken() }
        let account = try await operatorPerson(name)
        guard !account.isSuspended else {
            throw HostError(
                .permissionDenied,
                "make a login link for '\(name)': the account is suspended; 'barchan user readmit' it")
        }
        let token = try await loginBook.issueLoginToken(for: account.identifier)
        await audit.note(.loginLink, by: .commandLine, on: account.identifier.auditText)
        return token
    }

    public func operatorInvite(_ offer: InvitationOffer) async throws(HostError) -> Secret {
        let secret = try await peopleDesk.invite(offer)
        await audit.note(.invite, by: .commandLine, on: offer.emailAddress ?? "", offer.role.rawValue)
        return secret
    }

    /// - Throws: ``HostError`` `.invalidArgument` when nobody would be an administrator any more.
    public func operatorSetRole(_ role: Account.Role, of name: String) async throws(HostError) {
        let account = try await operatorPerson(name)
        if role != .administrator { try await requireAnotherAdministrator(than: account, to: "change a role") }
        try await accountBook.setRole(role, of: account.identifier)
        await audit.note(.setRole, by: .commandLine, on: account.identifier.auditText, role.rawValue)
    }

    public func operatorSetSuspended(_ isSuspended: Bool, _ name: String) async throws(HostError) {
        let account = try await operatorPerson(name)
        if isSuspended { try await requireAnotherAdministrator(than: account, to: "suspend somebody") }
        try await peopleDesk.setSuspended(isSuspended, account.identifier)
        await audit.note(isSuspended ? .suspend : .readmit, by: .commandLine, on: account.identifier.auditText)
    }

    /// Makes an address the one to which somebody's codes go.
    public func operatorSetEmailAddress(_ address: String, of name: String) async throws(HostError) {
        let account = try await operatorPerson(name)
        try await accountBook.setEmailAddress(address, of: account.identifier)
        await audit.note(.setAddress, by: .commandLine, on: account.identifier.auditText, address)
    }

    /// Ends every login of somebody, and closes what they have open.
    public func operatorLogOut(_ name: String) async throws(HostError) {
        let account = try await operatorPerson(name)
        for login in try await loginBook.logins(of: account.identifier) {
            try await loginBook.end(login.id, of: account.identifier)
        }
        await audit.note(.logOut, by: .commandLine, on: account.identifier.auditText, "everywhere")
    }

    private func requireAnotherAdministrator(than account: Account, to attempt: String) async throws(HostError) {
        let others = try await accountBook.accounts().filter {
            $0.role == .administrator && !$0.isSuspended && $0.identifier != account.identifier
        }
        guard account.role != .administrator || !others.isEmpty else {
            throw HostError(.invalidArgument, "\(attempt): '\(account.handle)' is the only administrator")
        }
    }

    private func operatorPerson(_ name: String) async throws(HostError) -> Account {
        guard let account = try await accountBook.account(named: name) else {
            throw HostError(.notFound, "look for '\(name)': nobody has that handle or address; see 'barchan user list'")
        }
        return account
    }
}
