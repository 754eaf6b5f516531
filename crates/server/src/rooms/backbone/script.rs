//! What Redis is told to do, each in one step.
//!
//! Keys: `duplex:room:NAME:seq` is the number of the last message, `duplex:room:NAME:log` the stream of those that are kept,
//! `duplex:room:NAME:servers` the servers that have members, and `duplex:room:NAME:at:SERVER` their names. All of them
//! expire. Channels: `duplex:room:NAME` for everybody in it, `duplex:server:SERVER` for one server.

use redis::{RedisResult, Script, aio::ConnectionManager};

use crate::rooms::room::Said;

/// How long Redis remembers a room in which nothing is said, in seconds.
const REMEMBERED: u64 = 24 * 60 * 60;

/// Gives the next number and publishes. KEYS: seq, log. ARGV: the last number that the server knows, the channel, the
/// message, how many are kept, time to live.
const PUBLISH: &str = r"
local seq = redis.call('INCR', KEYS[1])
local known = tonumber(ARGV[1])
if seq <= known then
  seq = known + 1
  redis.call('SET', KEYS[1], seq)
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
if tonumber(ARGV[4]) > 0 then
  redis.pcall('XADD', KEYS[2], 'MAXLEN', ARGV[4], string.format('%.0f-0', seq), 'm', ARGV[3])
  redis.call('EXPIRE', KEYS[2], ARGV[5])
end
redis.call('PUBLISH', ARGV[2], 'm ' .. string.format('%.0f', seq) .. ' ' .. ARGV[3])
return seq
";

/// Publishes to the server that asks how a room is: its number, who is in it, and what is kept after a number. KEYS: seq,
/// log, servers. ARGV: the last number that the server knows, the server's channel, the room, what stands before a
/// server's name in its key, how many messages are kept, time to live.
const SYNC: &str = r"
local seq = tonumber(redis.call('GET', KEYS[1]) or '0')
local known = tonumber(ARGV[1])
if seq < known then
  seq = known
  redis.call('SET', KEYS[1], seq, 'EX', ARGV[6])
end
local lines = { 's ' .. ARGV[3] .. ' ' .. string.format('%.0f', seq) }
for _, server in ipairs(redis.call('SMEMBERS', KEYS[3])) do
  local names = redis.call('GET', ARGV[4] .. server)
  if names then
    lines[#lines + 1] = 'p ' .. names
  else
    redis.call('SREM', KEYS[3], server)
  end
end
if tonumber(ARGV[5]) > 0 then
  local after = known > 0 and string.format('(%.0f-0', known) or '-'
  for _, entry in ipairs(redis.pcall('XRANGE', KEYS[2], after, '+')) do
    lines[#lines + 1] = 'm ' .. string.match(entry[1], '^%d+') .. ' ' .. entry[2][2]
  end
end
redis.call('PUBLISH', ARGV[2], table.concat(lines, '\n'))
return seq
";

/// Says who is in a room here. KEYS: servers, the names' key. ARGV: the server, the names, the channel, for how many
/// milliseconds that holds, whether there is anybody.
const NAMES: &str = r"
if ARGV[5] == '1' then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[4])
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], 10 * ARGV[4])
else
  redis.call('DEL', KEYS[2])
  redis.call('SREM', KEYS[1], ARGV[1])
end
redis.call('PUBLISH', ARGV[3], 'p ' .. ARGV[2])
";

/// The scripts, with their digests.
pub struct Scripts {
    publish: Script,
    sync: Script,
    names: Script,
    /// Messages that Redis keeps of each room.
    history: usize,
}

/// The channel of a room.
pub fn room_channel(room: &str) -> String {
    format!("duplex:room:{room}")
}

/// The channel of one server.
pub fn server_channel(server: &str) -> String {
    format!("duplex:server:{server}")
}

fn key(room: &str, what: &str) -> String {
    format!("duplex:room:{room}:{what}")
}

impl Scripts {
    /// Redis keeps the last `history` messages of each room, none if that is 0.
    pub fn new(history: usize) -> Self {
        Self {
            publish: Script::new(PUBLISH),
            sync: Script::new(SYNC),
            names: Script::new(NAMES),
            history,
        }
    }

    /// Publishes a message with a number above `last`.
    ///
    /// # Errors
    ///
    /// When Redis can't be reached. The message may have been published all the same.
    pub async fn publish(
        &self,
        commands: &mut ConnectionManager,
        room: &str,
        last: u64,
        said: &Said,
    ) -> RedisResult<()> {
        let mut call = self.publish.prepare_invoke();
        call.key(key(room, "seq"))
            .key(key(room, "log"))
            .arg(last)
            .arg(room_channel(room))
            // Strings and numbers can't fail to be written.
            .arg(serde_json::to_string(said).unwrap_or_default())
            .arg(self.history)
            .arg(REMEMBERED);
        call.invoke_async::<u64>(commands).await.map(drop)
    }

    /// Has the server told how a room is, of which it knows the numbers up to `last`.
    ///
    /// # Errors
    ///
    /// When Redis can't be reached.
    pub async fn sync(
        &self,
        commands: &mut ConnectionManager,
        server: &str,
        room: &str,
        last: u64,
    ) -> RedisResult<()> {
        let mut call = self.sync.prepare_invoke();
        call.key(key(room, "seq"))
            .key(key(room, "log"))
            .key(key(room, "servers"))
            .arg(last)
            .arg(server_channel(server))
            .arg(room)
            .arg(key(room, "at:"))
            .arg(self.history)
            .arg(REMEMBERED);
        call.invoke_async::<u64>(commands).await.map(drop)
    }

    /// Says who is in a room on this server, for so many milliseconds. `names` is JSON.
    ///
    /// # Errors
    ///
    /// When Redis can't be reached.
    pub async fn names(
        &self,
        commands: &mut ConnectionManager,
        server: &str,
        room: &str,
        names: &str,
        anybody: bool,
        ms: u128,
    ) -> RedisResult<()> {
        let mut call = self.names.prepare_invoke();
        call.key(key(room, "servers"))
            .key(key(room, &format!("at:{server}")))
            .arg(server)
            .arg(names)
            .arg(room_channel(room))
            .arg(u64::try_from(ms).unwrap_or(u64::MAX))
            .arg(u8::from(anybody));
        call.invoke_async::<()>(commands).await
    }
}
