/** Opening a sample: its files are copied into the workspace. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { client, data } from "../../api/client";
import { experimentsQuery } from "../../api/queries";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";

/** Opens a sample in the workspace and goes to it. */
export function useOpenSample() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const trouble = useTroubleText();
  return useMutation({
    mutationFn: (sample: string) => data(client.POST("/experiments", { body: { sample, title: "", description: "" } })),
    onSuccess: ({ name }) => {
      void queries.invalidateQueries({ queryKey: experimentsQuery.queryKey });
      void navigate({ to: "/experiments/$name", params: { name } });
    },
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
}
