export interface ServerPorts {
  redis: number;
  http: number;
  rtcTcp: number;
  rtcUdp: number;
  sip: number;
  media: { first: number; last: number };
}

export interface ServerKeys {
  apiKey: string;
  apiSecret: string;
}

/** Of livekit-server: github.com/livekit/livekit/blob/master/config-sample.yaml */
export function serverConfig(ports: ServerPorts, keys: ServerKeys, webhookUrls: string[]) {
  return {
    port: ports.http,
    bind_addresses: ["127.0.0.1"],
    redis: { address: `127.0.0.1:${ports.redis}` },
    rtc: { tcp_port: ports.rtcTcp, udp_port: ports.rtcUdp, use_external_ip: false },
    keys: { [keys.apiKey]: keys.apiSecret },
    room: { auto_create: true },
    webhook: { api_key: keys.apiKey, urls: webhookUrls },
    logging: { level: "info", json: true },
  };
}

/** Of livekit-sip: github.com/livekit/sip/blob/main/pkg/config/config.go */
export function bridgeConfig(ports: ServerPorts, keys: ServerKeys) {
  return {
    api_key: keys.apiKey,
    api_secret: keys.apiSecret,
    ws_url: `ws://127.0.0.1:${ports.http}`,
    redis: { address: `127.0.0.1:${ports.redis}` },
    sip_port: ports.sip,
    listen_ip: "127.0.0.1",
    // Taken as it is: what From, Contact, Via and the SDP say of where the bridge is.
    nat_1_to_1_ip: "127.0.0.1",
    use_external_ip: false,
    rtp_port: `${ports.media.first}-${ports.media.last}`,
    // A busy test machine would be answered 503 "cpu exhausted" otherwise.
    max_cpu_utilization: 1,
    logging: { level: "debug", json: true },
  };
}
