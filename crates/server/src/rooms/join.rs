//! `GET /rooms` and the handshake of `GET /rooms/NAME`.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::rooms::{LONGEST_NAME, LONGEST_SAY, RoomsInfo, is_room_name};

use super::{KEPT, NoPlace, room::Wanted, session::Session};
use crate::{
    App,
    api_error::{ApiError, same_site},
    client_address::ClientAddress,
    echo, handshake,
};

/// How many of the messages that are kept a newcomer gets, where nothing is said.
const HISTORY: usize = 20;
/// Longest message from a member, in bytes: JSON may write each byte of what is said as six.
pub const MAX_MESSAGE: usize = LONGEST_SAY * 6 + 64;

/// `GET /rooms`: a [`RoomsInfo`].
pub async fn info(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    let info = RoomsInfo {
        server: app.rooms.server().to_owned(),
        backbone: app.rooms.backbone_state(),
        peers: app.config.room_peers.clone(),
    };
    // Strings can't fail to be written.
    let body = serde_json::to_string(&info).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, cross_origin, body).into_response())
}

/// What `/rooms/NAME?…` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Options {
    wanted: Wanted,
    /// The wire that records the connection.
    wire: Option<String>,
}

impl Options {
    fn parse(query: &str) -> Result<Self, String> {
        let (mut history, mut resume, mut wire) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = |most: u64| match value.parse::<u64>() {
                Ok(number) if number <= most => Ok(number),
                _ => Err(format!(
                    "{name}={value}: allowed are whole numbers from 0 to {most}"
                )),
            };
            let given = match &*name {
                "history" => history.replace(number(KEPT as u64)?).is_some(),
                // Beyond this a script's numbers are no longer exact.
                "resume" => resume.replace(number((1 << 53) - 1)?).is_some(),
                "wire" => wire.replace(value.into_owned()).is_some(),
                _ => {
                    return Err(format!(
                        "{name}: no such option; known are history, resume and wire"
                    ));
                }
            };
            if given {
                return Err(format!("{name}: given twice"));
            }
        }
        let wanted = match (history, resume) {
            (Some(_), Some(_)) => {
                return Err(
                    "history and resume: one of them; resume brings all that is kept after its number".into(),
                );
            }
            (_, Some(seq)) => Wanted::After(seq),
            (Some(count), None) => Wanted::Last(usize::try_from(count).unwrap_or(KEPT)),
            (None, None) => Wanted::Last(HISTORY),
        };
        Ok(Self { wanted, wire })
    }
}

/// `GET /rooms/NAME`: judges the handshake, takes a place in the room, and leaves a session running.
pub async fn join(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    mut request: Request,
) -> Response {
    match open(&app, &name, &mut request) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn open(app: &Arc<App>, name: &str, request: &mut Request) -> Result<Response, ApiError> {
    if !is_room_name(name) {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            format!(
                "not a name of a room: {}; allowed are 1 to {LONGEST_NAME} of A-Z, a-z, 0-9, _ and -",
                name.chars().take(LONGEST_NAME).collect::<String>()
            ),
            "choose another name",
        ));
    }
    handshake::judge(request)?;
    let options = Options::parse(request.uri().query().unwrap_or_default()).map_err(|what| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            what,
            "correct the query part of the address",
        )
    })?;
    let conn = handshake::conn(request)?;
    // What is said in a room is said in the name of whoever is at the browser, and no other page's business.
    same_site(&app.config, request.headers())?;
    let client = request.extensions().get::<ClientAddress>().copied();
    let client = client.unwrap_or_else(|| ClientAddress::of(conn.peer.ip()));
    let place = app.rooms.place(name, client, Instant::now());
    let place = place.map_err(|why| refusal(why, app))?;
    match &options.wire {
        Some(id) => handshake::record(app, request, &conn, id)?,
        None => conn.leave_untapped(),
    }
    let session_app = Arc::clone(app);
    let session_conn = Arc::clone(&conn);
    Ok(echo::accept(
        app,
        request,
        &conn,
        MAX_MESSAGE,
        move |socket, cut| {
            Session::new(session_app, session_conn, socket, place).run(options.wanted, cut)
        },
    ))
}

fn refusal(why: NoPlace, app: &App) -> ApiError {
    let (status, error, what_to_do) = match why {
        NoPlace::RoomFull => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!(
                "this room has {} members on this server, as many as it may",
                app.config.room_members
            ),
            "choose another room, or try again when somebody has left; whoever runs the server can raise --room-members",
        ),
        NoPlace::TooManyRooms => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!(
                "there are {} rooms, as many as there may be",
                app.config.max_rooms
            ),
            "join a room that is there, or try again in a while; whoever runs the server can raise --max-rooms",
        ),
        NoPlace::TooManyOfAddress => (
            StatusCode::TOO_MANY_REQUESTS,
            format!(
                "your address has opened {} rooms, as many as it may",
                app.rooms.most_of_address()
            ),
            "use one of them, or wait until they are forgotten; whoever runs the server can raise --max-rooms-per-address",
        ),
    };
    ApiError::new(status, error, what_to_do)
        .header(header::RETRY_AFTER, HeaderValue::from_static("10"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        let parsed = |query| Options::parse(query).map(|options| options.wanted);
        assert_eq!(parsed(""), Ok(Wanted::Last(HISTORY)));
        assert_eq!(parsed("history=0"), Ok(Wanted::Last(0)));
        assert_eq!(parsed("resume=7&wire=ab"), Ok(Wanted::After(7)));
        for (query, says) in [
            ("resume=-1", "resume=-1: allowed are whole numbers"),
            ("resume=", "resume=: allowed are whole numbers"),
            (
                "resume=9007199254740992",
                "resume=9007199254740992: allowed",
            ),
            (
                "history=101",
                "history=101: allowed are whole numbers from 0 to 100",
            ),
            ("history=1&resume=1", "history and resume: one of them"),
            ("resume=1&resume=1", "resume: given twice"),
            ("room=a", "room: no such option"),
        ] {
            let said = parsed(query).unwrap_err();
            assert!(said.starts_with(says), "{query}: {said}");
        }
    }
}
